using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Ledger;

/// <summary>Makes months ahead and removes what is older than it is kept. Any number of processes may do so side by side.</summary>
public sealed class LedgerRetention(GatewayDatabase database, LedgerWriter writer, IOptions<LedgerOptions> options)
{
    private const int RemovedAtOnce = 5_000;

    /// <exception cref="StorageUnavailableException">Not all of it was done; doing it again is harmless.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await writer.PrepareAheadAsync(database, cancellationToken);
        var now = database.Time.GetUtcNow();
        var records = now - options.Value.KeepRecords;
        var sums = now - options.Value.KeepSums;
        while (!await writer.RemoveRecordsAsync(database, records, cancellationToken))
        {
            // The rest of a large backlog.
        }

        await RemoveAsync("usage_refused", "id", "at < @Limit", records, cancellationToken);
        await RemoveAsync("usage_hours", "bucket, dimension_id", "bucket < @Limit", records, cancellationToken);
        await RemoveAsync("usage_days", "bucket, dimension_id", "bucket < @Limit", sums, cancellationToken);

        // A copy of an old journal must not be taken in again, for as long as anybody could still see its records.
        await RemoveAsync("journal_positions", "session", "closed = 1 AND changed_at < @Limit", sums, cancellationToken);
    }

    /// <summary>In parts, between which others write: any number of rows may have become too old at once.</summary>
    private async Task RemoveAsync(string table, string key, string condition, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        var statement = $"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {condition} LIMIT @Count)";
        var values = new { Limit = limit.ToUnixTimeMilliseconds(), Count = RemovedAtOnce };
        int removed;
        do
        {
            removed = await database.WriteAsync(
                (transaction, token) => transaction.Connection!.ExecuteAsync(new CommandDefinition(statement, values, transaction, (int)UsageLedger.Patience.TotalSeconds, cancellationToken: token)),
                UsageLedger.Patience,
                cancellationToken);
        }
        while (removed >= RemovedAtOnce);
    }
}
