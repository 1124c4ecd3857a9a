using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing.Health;

/// <summary>The one report of an entry that is under way.</summary>
/// <remarks>All but <see cref="TryEnter"/> is for whoever entered.</remarks>
public sealed class ReportSlot
{
    private int busy;
    private int reportedInFlight;

    /// <summary>Was sent and not answered; goes again as it is.</summary>
    public EndpointReport? Unanswered { get; private set; }

    /// <summary><see cref="OutcomeLog.Failures"/> that <see cref="Unanswered"/> covers.</summary>
    public long CoveredFailures { get; private set; }

    public bool TryEnter() => Interlocked.Exchange(ref busy, 1) == 0;

    public void Exit() => Volatile.Write(ref busy, 0);

    public bool IsDue(EndpointState endpoint) =>
        Unanswered is not null || !endpoint.Outcomes.IsEmpty || endpoint.InFlight != reportedInFlight;

    /// <param name="nextSequence">Greater than that of any report before, of this entry or of one of its name that was here earlier.</param>
    public EndpointReport Fill(EndpointState endpoint, string nodeId, string session, Func<long> nextSequence)
    {
        if (Unanswered is { } again)
        {
            return again;
        }

        var pending = endpoint.Outcomes.Take();
        var refusal = pending?.Runs.LastOrDefault(run => run.Failure is UpstreamFailure.KeyRefused);
        CoveredFailures = pending?.Failures ?? endpoint.Outcomes.Failures;
        reportedInFlight = endpoint.InFlight;
        return Unanswered = new EndpointReport
        {
            NodeId = nodeId,
            Session = session,
            Sequence = nextSequence(),
            Runs = pending?.Runs ?? [],
            InFlight = reportedInFlight,
            FirstByteEwma = endpoint.Estimate,
            KeyFingerprint = refusal is null ? endpoint.AcceptedKeyFingerprint : refusal.KeyFingerprint,
            ProbeId = pending?.ProbeId,
        };
    }

    public void Answered() => Unanswered = null;
}
