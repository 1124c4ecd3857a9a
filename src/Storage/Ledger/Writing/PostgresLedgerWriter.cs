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

    internal override string Known => "SELECT id FROM usage_records WHERE id = ANY(@Ids)";

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

        try
        {
            await using var writer = await ((NpgsqlConnection)transaction.Connection!).BeginBinaryImportAsync(Copy, cancellationToken);
            writer.Timeout = UsageLedger.Patience;
            foreach (var record in records)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Write(writer, record);
            }

            await writer.CompleteAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.CheckViolation)
        {
            _partitions.Forget();
            throw new StorageUnavailableException("A month that records lie in was dropped by another process; it is made again.", exception);
        }
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
        Add(NpgsqlDbType.Text, _ => UsageDimensions.AllGroups);
        Add(NpgsqlDbType.Text, sum => sum.Dimensions.Groups);
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

    // Not awaited value by value: most of them go to a buffer, and thirty-one tasks for each record cost more than it.
    private static void Write(NpgsqlBinaryImporter writer, UsageRecord record)
    {
        writer.StartRow();
        writer.Write(RecordId.Bytes(record.Id), NpgsqlDbType.Bytea);
        Large(RecordId.MillisecondsOf(record.Id));
        Text(record.ClientId);
        Text(record.User);
        Text(record.Key);
        Text(RecordColumns.Groups(record));
        Text(record.Project);
        Text(record.EndUser);
        Text(record.Model);
        Text(record.ServedModel);
        Text(record.Endpoint);
        Text(record.Operation);
        Flag(record.IsStreamed);
        Text(RecordColumns.Attempts(record));
        Small(record.Status);
        Large(record.Usage.Input);
        Large(record.Usage.CachedInput);
        Large(record.Usage.CacheWrite);
        Large(record.Usage.Output);
        Large(record.Usage.Reasoning);
        Large(record.Usage.AudioInput);
        Large(record.Usage.AudioOutput);
        Large(record.CostNanoUsd);
        Text(record.PriceVersion);
        if (record.FirstByteMilliseconds is { } first)
        {
            Small(first);
        }
        else
        {
            writer.WriteNull();
        }

        Small(record.DurationMilliseconds);
        Flag(record.IsPartial);
        Flag(record.IsInterrupted);
        Flag(record.IsEstimated);
        Text(record.Node);
        Text(record.Session);

        void Text(string? value) => writer.Write(value ?? "", NpgsqlDbType.Text);
        void Large(long value) => writer.Write(value, NpgsqlDbType.Bigint);
        void Small(int value) => writer.Write(value, NpgsqlDbType.Integer);
        void Flag(bool value) => Small(value ? 1 : 0);
    }
}
