using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Cluster;
using Gateway.Api.Usage.Journal.Shipping;

namespace Gateway.Api.Admission.Sessions;

/// <summary>
/// Says the last word of the sessions of a process that has ended to everyone whose units they held: what each used, by the journal, and that it
/// holds nothing any more.
/// </summary>
internal sealed partial class EndedSessions(IGrainFactory grains, GrainCallCounts calls, TimeProvider time, ILogger<EndedSessions> logger) : ISessionTotalsSink
{
    private const string AccountPrefix = "account:";
    private const int CallsAtOnce = 16;

    // Nobody is there: the others would wait for nothing.
    private const int MaxFailures = 100;

    // No report of the session itself has a greater one.
    private const long LastNumber = long.MaxValue;

    // Limits of any version are newer, so that these change nothing.
    private static readonly SubjectLimits NoNews = new() { Version = 0 };

    private readonly ILogger _logger = logger;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public async Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken)
    {
        var failures = 0;
        string? example = null;
        var options = new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(totals.Charges.GroupBy(charge => (Session: charge.Session ?? totals.Session, charge.Subject)), options, async (charges, token) =>
        {
            if (Volatile.Read(ref failures) < MaxFailures && !await TryReportAsync(charges.Key.Session, charges.Key.Subject, charges, token))
            {
                Interlocked.Increment(ref failures);
                example = charges.Key.Subject;
            }
        });

        if (failures == 0)
        {
            _told.Remove(totals.Session);
        }
        else if (_told.Add(totals.Session))
        {
            LogNotTaken(totals.Session, totals.Node, failures, example!);
        }

        return failures == 0;
    }

    private async Task<bool> TryReportAsync(string session, string subject, IEnumerable<Charge> charges, CancellationToken cancellationToken)
    {
        var owner = OwnerOf(subject);
        var parts = charges.Chunk(SessionReport.MaxTotals).ToList();
        var takenBy = 0L;
        for (var left = parts.Count - 1; left >= 0; left--)
        {
            var report = Report(session, parts[^(left + 1)], left) with { PartsTakenBy = left == 0 ? takenBy : 0 };
            if (await TryCallAsync(owner, report, cancellationToken) is not { IsTaken: true } answer || (takenBy != 0 && answer.Epoch != takenBy))
            {
                return false;
            }

            takenBy = answer.Epoch;
        }

        return true;
    }

    // Of epochs it has heard of no later one than it was charged in: a greater number would tell the activation that it was replaced.
    // A part proves and frees nothing, also for a silo that does not know of parts.
    private static SessionReport Report(string session, Charge[] charges, int partsLeft) => new()
    {
        Session = session,
        Number = LastNumber - partsLeft,
        CallsDone = partsLeft == 0 ? LastNumber : 0,
        Epoch = partsLeft == 0 ? charges.Max(charge => charge.Epoch) : 0,
        IsFinal = partsLeft == 0,
        IsPart = partsLeft > 0,
        Totals = [.. charges.Select(charge => new PeriodTotal { Epoch = charge.Epoch, WindowId = charge.WindowId, Period = charge.Period, Used = charge.Amount, Reserved = 0 })],
    };

    /// <summary>Null: no answer.</summary>
    private async Task<ReportAnswer?> TryCallAsync(IQuotaOwner owner, SessionReport report, CancellationToken cancellationToken)
    {
        try
        {
            calls.CountBackground();
            return await owner.ReportAsync(report, NoNews).WaitAsync(StockRules.TryBound, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private IQuotaOwner OwnerOf(string subject) => subject.StartsWith(AccountPrefix, StringComparison.Ordinal)
        ? new AccountOwner(grains, subject[AccountPrefix.Length..])
        : new SubjectOwner(grains, subject);

    [LoggerMessage(EventId = 5206, Level = LogLevel.Warning, Message = "What the session {Session} of front-end {Node} used is not taken yet by {Count} of its subjects, such as {Subject}; it is tried again until it is.")]
    private partial void LogNotTaken(string session, string node, int count, string subject);
}
