using System.Data.Common;
using System.Globalization;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>One prepared statement, run for each row.</summary>
public sealed class SqliteLedgerWriter : LedgerWriter
{
    // Short of the writer's patience: others want to write as well.
    private const int RemovedAtOnce = 20_000;

    internal override Task<bool> RemoveRecordsAsync(GatewayDatabase database, DateTimeOffset limit, CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) => await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM usage_records WHERE id IN (SELECT id FROM usage_records WHERE id < @Limit ORDER BY id LIMIT @Count)",
            new { Limit = RecordId.LowerBound(limit), Count = RemovedAtOnce },
            transaction,
            cancellationToken: token)) < RemovedAtOnce,
        UsageLedger.Patience,
        cancellationToken);

    internal override async Task InsertAsync(DbTransaction transaction, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken)
    {
        await using var command = Prepare(transaction, "usage_records", RecordColumns.All, "");
        foreach (var record in records)
        {
            Set(
                command,
                RecordId.Bytes(record.Id), RecordId.MillisecondsOf(record.Id), record.ClientId ?? "", record.User ?? "", record.Key ?? "", RecordColumns.Groups(record), record.Project ?? "", record.EndUser ?? "", record.Model,
                record.ServedModel ?? "", record.Endpoint ?? "", record.Operation, record.IsStreamed ? 1 : 0, RecordColumns.Attempts(record), record.Status,
                record.Usage.Input, record.Usage.CachedInput, record.Usage.CacheWrite, record.Usage.Output, record.Usage.Reasoning, record.Usage.AudioInput, record.Usage.AudioOutput,
                record.CostNanoUsd, record.PriceVersion ?? "", (object?)record.FirstByteMilliseconds ?? DBNull.Value, record.DurationMilliseconds,
                record.IsPartial ? 1 : 0, record.IsInterrupted ? 1 : 0, record.IsEstimated ? 1 : 0, record.Node, record.Session);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    internal override async Task AddAsync(DbTransaction transaction, SumTable table, IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken)
    {
        await using var command = Prepare(transaction, table.Name, SumTable.Columns, table.OnConflict);
        foreach (var sum in sums)
        {
            var of = sum.Dimensions;
            Set(
                command,
                sum.Bucket, sum.DimensionId, of.Group, of.User, of.Key, of.Project, of.Model, of.Endpoint, of.Status, sum.Requests, sum.Input, sum.CachedInput, sum.CacheWrite, sum.Output,
                sum.Reasoning, sum.CostNanoUsd, sum.Partial, sum.Interrupted, sum.Estimated);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static DbCommand Prepare(DbTransaction transaction, string table, IReadOnlyList<string> columns, string onConflict)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // names of our own tables and columns
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => "@p" + i.ToString(CultureInfo.InvariantCulture)))}) {onConflict}";
#pragma warning restore CA2100
        for (var i = 0; i < columns.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@p" + i.ToString(CultureInfo.InvariantCulture);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static void Set(DbCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}
