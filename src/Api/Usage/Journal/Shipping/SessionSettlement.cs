using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Hands the totals of sessions that have ended to the limits. Every front-end does so for all: the same totals twice do no harm.</summary>
public sealed class SessionSettlement(UsageLedger ledger, IEnumerable<ISessionTotalsSink> sinks, TimeProvider time)
{
    private const int SessionsAtOnce = 20;

    /// <summary>A session whose totals are not taken is kept for a later time, behind all others that wait.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (!sinks.Any())
        {
            return;
        }

        foreach (var session in await ledger.ListUnsettledAsync(SessionsAtOnce, cancellationToken))
        {
            if (await ledger.FindTotalsAsync(session.Session, cancellationToken) is not { } totals)
            {
                // Another front-end was faster.
                continue;
            }

            if (await TryTakeAsync(new SessionTotals(LedgerSession.JournalOf(session.Session), session.Node, ChargeSums.FromJson(totals, time)), cancellationToken))
            {
                await ledger.SettleAsync(session.Session, cancellationToken);
            }
            else
            {
                await ledger.PostponeAsync(session.Session, cancellationToken);
            }
        }
    }

    private async Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken)
    {
        foreach (var sink in sinks)
        {
            if (!await sink.TryTakeAsync(totals, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }
}
