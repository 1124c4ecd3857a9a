using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Cluster;
using Gateway.Api.Usage.Journal.Shipping;

namespace Gateway.Api.Admission.Sessions;

/// <summary>Says the last word of a session that has ended to everyone whose units it held: what it used, by its journal, and that it holds nothing any more.</summary>
internal sealed class EndedSessions(IGrainFactory grains, GrainCallCounts calls, TimeProvider time) : ISessionTotalsSink
{
    private const string AccountPrefix = "account:";

    // No report of the session itself has a greater one.
    private const long LastNumber = long.MaxValue;

    // Limits of any version are newer, so that these change nothing.
    private static readonly SubjectLimits NoNews = new() { Version = 0 };

    public async Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken)
    {
        foreach (var charges in totals.Charges.GroupBy(charge => charge.Subject, StringComparer.Ordinal))
        {
            if (!await TryReportAsync(OwnerOf(charges.Key), Report(totals.Session, charges), cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    // Of epochs it has heard of no later one than it was charged in: a greater number would tell the activation that it was replaced.
    private static SessionReport Report(string session, IGrouping<string, Charge> charges) => new()
    {
        Session = session,
        Number = LastNumber,
        CallsDone = LastNumber,
        Epoch = charges.Max(charge => charge.Epoch),
        IsFinal = true,
        Totals = [.. charges.Select(charge => new PeriodTotal { Epoch = charge.Epoch, WindowId = charge.WindowId, Period = charge.Period, Used = charge.Amount, Reserved = 0 })],
    };

    private async Task<bool> TryReportAsync(IQuotaOwner owner, SessionReport report, CancellationToken cancellationToken)
    {
        try
        {
            calls.CountBackground();
            return (await owner.ReportAsync(report, NoNews).WaitAsync(StockRules.TryBound, time, cancellationToken)).IsTaken;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private IQuotaOwner OwnerOf(string subject) => subject.StartsWith(AccountPrefix, StringComparison.Ordinal)
        ? new AccountOwner(grains.GetGrain<IAccountGrain>(subject[AccountPrefix.Length..]))
        : new SubjectOwner(grains.GetGrain<ISubjectGrain>(subject));
}
