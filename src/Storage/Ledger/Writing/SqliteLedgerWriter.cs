using System.Data.Common;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>One prepared statement, run for each row.</summary>
public sealed class SqliteLedgerWriter : LedgerWriter
{
    // Short of the writer's patience: others want to write as well.
    private const int RemovedAtOnce = 20_000;

    // It holds up everybody's claims: some thirty milliseconds.
    internal override int BatchSize => 1_000;

    internal override string Known => "SELECT id FROM usage_records WHERE id IN @Ids";

    internal override Task<bool> RemoveRecordsAsync(GatewayDatabase database, DateTimeOffset limit, CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) => await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM usage_records WHERE id IN (SELECT id FROM usage_records WHERE id < @Limit ORDER BY id LIMIT @Count)",
            new { Limit = RecordId.LowerBound(limit), Count = RemovedAtOnce },
            transaction,
            cancellationToken: token)) < RemovedAtOnce,
        UsageLedger.Patience,
        cancellationToken);

    internal override Task InsertAsync(DbTransaction transaction, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken)
    {
        using var statement = Prepare(transaction, "usage_records", RecordColumns.All, "");
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            statement.Bytes(RecordId.Bytes(record.Id)).Number(RecordId.MillisecondsOf(record.Id)).Text(record.ClientId).Text(record.User).Text(record.Key).Text(RecordColumns.Groups(record))
                .Text(record.Project).Text(record.EndUser).Text(record.Model).Text(record.ServedModel).Text(record.Endpoint).Text(record.Operation).Flag(record.IsStreamed)
                .Text(RecordColumns.Attempts(record)).Number(record.Status).Number(record.Usage.Input).Number(record.Usage.CachedInput).Number(record.Usage.CacheWrite).Number(record.Usage.Output)
                .Number(record.Usage.Reasoning).Number(record.Usage.AudioInput).Number(record.Usage.AudioOutput).Number(record.CostNanoUsd).Text(record.PriceVersion)
                .Number(record.FirstByteMilliseconds).Number(record.DurationMilliseconds).Flag(record.IsPartial).Flag(record.IsInterrupted).Flag(record.IsEstimated).Text(record.Node).Text(record.Session)
                .Run();
        }

        return Task.CompletedTask;
    }

    internal override Task AddAsync(DbTransaction transaction, SumTable table, IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken)
    {
        using var statement = Prepare(transaction, table.Name, SumTable.Columns, table.OnConflict);
        foreach (var sum in sums)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var of = sum.Dimensions;
            statement.Number(sum.Bucket).Bytes(sum.DimensionId).Text(UsageDimensions.AllGroups).Text(of.Groups).Text(of.User).Text(of.Key).Text(of.Project).Text(of.Model).Text(of.Endpoint).Number(of.Status)
                .Number(sum.Requests).Number(sum.Input).Number(sum.CachedInput).Number(sum.CacheWrite).Number(sum.Output).Number(sum.Reasoning).Number(sum.CostNanoUsd).Number(sum.Partial)
                .Number(sum.Interrupted).Number(sum.Estimated)
                .Run();
        }

        return Task.CompletedTask;
    }

    private static SqliteStatement Prepare(DbTransaction transaction, string table, IReadOnlyList<string> columns, string onConflict) =>
        new(transaction, $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(_ => "?"))}) {onConflict}");
}
