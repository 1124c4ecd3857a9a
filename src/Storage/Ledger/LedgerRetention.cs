using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Ledger;

/// <summary>Makes months ahead and removes what is older than it is kept. Any number of processes may do so side by side.</summary>
public sealed class LedgerRetention(GatewayDatabase database, LedgerWriter writer, IOptions<LedgerOptions> options)
{
    private readonly LedgerClock _clock = new(database);

    /// <exception cref="StorageUnavailableException">Not all of it was done; doing it again is harmless.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await writer.PrepareAheadAsync(database, cancellationToken);
        if (await _clock.ReadAsync(cancellationToken) is not { } now)
        {
            return;
        }

        var records = now - options.Value.KeepRecords;
        var sums = now - options.Value.KeepSums;
        while (!await writer.RemoveRecordsAsync(database, records, cancellationToken))
        {
            // The rest of a large backlog.
        }

        await RemoveAsync("DELETE FROM usage_hours WHERE bucket < @Limit", records, cancellationToken);
        await RemoveAsync("DELETE FROM usage_days WHERE bucket < @Limit", sums, cancellationToken);

        // A copy of an old journal must not be taken in again, for as long as anybody could still see its records.
        await RemoveAsync("DELETE FROM journal_positions WHERE closed = 1 AND changed_at < @Limit", sums, cancellationToken);
    }

    private Task<int> RemoveAsync(string statement, DateTimeOffset limit, CancellationToken cancellationToken) => database.WriteAsync(
        (transaction, token) => transaction.Connection!.ExecuteAsync(new CommandDefinition(
            statement, new { Limit = limit.ToUnixTimeMilliseconds() }, transaction, (int)UsageLedger.Patience.TotalSeconds, cancellationToken: token)),
        UsageLedger.Patience,
        cancellationToken);
}
