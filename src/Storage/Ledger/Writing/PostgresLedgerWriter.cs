using System.Data.Common;
using Gateway.Storage.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>Records by binary <c>COPY</c> into a partition per month; sums by one statement over arrays.</summary>
public sealed class PostgresLedgerWriter : LedgerWriter
{
    private static readonly string Copy = $"COPY usage_records ({RecordColumns.List}) FROM STDIN (FORMAT BINARY)";

    private readonly PostgresPartitions _partitions = new();

    internal override Task PrepareAsync(GatewayDatabase database, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken) =>
        _partitions.EnsureAsync(database, records.Select(record => record.At), cancellationToken);

    internal override Task PrepareAheadAsync(GatewayDatabase database, CancellationToken cancellationToken) =>
        _partitions.EnsureAsync(database, [database.Time.GetUtcNow(), database.Time.GetUtcNow().AddMonths(1)], cancellationToken);

    internal override async Task<bool> RemoveRecordsAsync(GatewayDatabase database, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        await _partitions.DropBeforeAsync(database, limit, cancellationToken);
        return true;
    }

    internal override async Task InsertAsync(DbTransaction transaction, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return;
        }

        await using var writer = await ((NpgsqlConnection)transaction.Connection!).BeginBinaryImportAsync(Copy, cancellationToken);
        writer.Timeout = UsageLedger.Patience;
        foreach (var record in records)
        {
            await WriteAsync(writer, record, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    internal override async Task AddAsync(DbTransaction transaction, SumTable table, IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken)
    {
        if (sums.Count == 0)
        {
            return;
        }

#pragma warning disable CA2100 // names of our own tables and columns
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {table.Name} ({string.Join(", ", SumTable.Columns)}) SELECT * FROM unnest({string.Join(", ", SumTable.Columns.Select((_, i) => $"${i + 1}"))}) {table.OnConflict}",
            (NpgsqlConnection)transaction.Connection!,
            (NpgsqlTransaction)transaction);
#pragma warning restore CA2100
        command.CommandTimeout = (int)UsageLedger.Patience.TotalSeconds;
        void Add<T>(NpgsqlDbType type, Func<UsageSum, T> value) =>
            command.Parameters.Add(new NpgsqlParameter { Value = sums.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

        Add(NpgsqlDbType.Bigint, sum => sum.Bucket);
        Add(NpgsqlDbType.Bytea, sum => sum.DimensionId);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.Group);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.User);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.Key);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.Project);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.Model);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.Endpoint);
        Add(NpgsqlDbType.Integer, sum => sum.Dimensions.Status);
        Add(NpgsqlDbType.Bigint, sum => sum.Requests);
        Add(NpgsqlDbType.Bigint, sum => sum.Input);
        Add(NpgsqlDbType.Bigint, sum => sum.CachedInput);
        Add(NpgsqlDbType.Bigint, sum => sum.CacheWrite);
        Add(NpgsqlDbType.Bigint, sum => sum.Output);
        Add(NpgsqlDbType.Bigint, sum => sum.Reasoning);
        Add(NpgsqlDbType.Bigint, sum => sum.CostNanoUsd);
        Add(NpgsqlDbType.Bigint, sum => sum.Partial);
        Add(NpgsqlDbType.Bigint, sum => sum.Interrupted);
        Add(NpgsqlDbType.Bigint, sum => sum.Estimated);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter writer, UsageRecord record, CancellationToken cancellationToken)
    {
        await writer.StartRowAsync(cancellationToken);
        await writer.WriteAsync(RecordId.Bytes(record.Id), NpgsqlDbType.Bytea, cancellationToken);
        await Large(RecordId.MillisecondsOf(record.Id));
        await Text(record.ClientId);
        await Text(record.User);
        await Text(record.Key);
        await Text(RecordColumns.Groups(record));
        await Text(record.Project);
        await Text(record.EndUser);
        await Text(record.Model);
        await Text(record.ServedModel);
        await Text(record.Endpoint);
        await Text(record.Operation);
        await Flag(record.IsStreamed);
        await Text(RecordColumns.Attempts(record));
        await Small(record.Status);
        await Large(record.Usage.Input);
        await Large(record.Usage.CachedInput);
        await Large(record.Usage.CacheWrite);
        await Large(record.Usage.Output);
        await Large(record.Usage.Reasoning);
        await Large(record.Usage.AudioInput);
        await Large(record.Usage.AudioOutput);
        await Large(record.CostNanoUsd);
        await Text(record.PriceVersion);
        await (record.FirstByteMilliseconds is { } first ? Small(first) : writer.WriteNullAsync(cancellationToken));
        await Small(record.DurationMilliseconds);
        await Flag(record.IsPartial);
        await Flag(record.IsInterrupted);
        await Flag(record.IsEstimated);
        await Text(record.Node);
        await Text(record.Session);

        Task Text(string? value) => writer.WriteAsync(value ?? "", NpgsqlDbType.Text, cancellationToken);
        Task Large(long value) => writer.WriteAsync(value, NpgsqlDbType.Bigint, cancellationToken);
        Task Small(int value) => writer.WriteAsync(value, NpgsqlDbType.Integer, cancellationToken);
        Task Flag(bool value) => Small(value ? 1 : 0);
    }
}
