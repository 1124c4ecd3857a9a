using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Breaks an endpoint that fails:
/// (1) closed: enough failures in a row, or a bad enough share of the last seconds, open it; failures of active probes count like those
/// of requests, but a good probe makes up for probes only;
/// (2) open: until its time nothing may try; outcomes of requests that were already under way, or were sent for want of anything better,
/// say nothing new and are not judged;
/// (3) then one probe makes it half-open; its success closes the circuit and forgets the doubling, its failure opens it for twice as long,
/// an end that says nothing (the caller went away) gives the turn to another; the success of an active probe closes it too, but the
/// doubling is forgotten only when a request succeeds, or after some minutes without trouble;
/// (4) a probe that does not report in time lapses and another may go. Its late success still closes the circuit, since it was begun
/// after the circuit opened; its late failure is not judged.
/// </summary>
internal sealed class Circuit
{
    private readonly OutcomeWindow _window = new();
    private readonly FailureCauses _causes = new();
    private int _requestFailures;
    private int _probeFailures;
    private DateTimeOffset _openUntil;
    private TimeSpan _openFor;
    private DateTimeOffset _closedByProbeAt = DateTimeOffset.MaxValue;
    private TimeSpan _nextOpen = HealthPolicy.FirstOpen;

    public CircuitState State { get; private set; }

    public int ConsecutiveFailures => (int)Math.Min((long)_requestFailures + _probeFailures, int.MaxValue);

    /// <summary>What opened the circuit.</summary>
    public UpstreamFailure LastFailure { get; private set; }

    /// <summary>When the next probe may go; only while not closed.</summary>
    public DateTimeOffset? OpenUntil => State == CircuitState.Closed ? null : _openUntil;

    /// <summary>An opening lasts no longer because the clock was set back.</summary>
    public void Follow(DateTimeOffset now) => _openUntil = _openUntil - now > _openFor ? now : _openUntil;

    public bool MayProbe(DateTimeOffset now) => State != CircuitState.Closed && now >= _openUntil;

    /// <summary>All failures that opened the circuit are of a kind that this probe would see as well.</summary>
    public bool IsJudgedBy(ProbeKind probe) => State != CircuitState.Closed && _causes.AreJudgedBy(probe);

    public void RecordSuccess(DateTimeOffset now, int count)
    {
        if (State == CircuitState.Closed)
        {
            _requestFailures = 0;
            _probeFailures = 0;
            ForgetDoubling();
            _window.Add(now, count, 0);
        }
    }

    public void RecordFailure(DateTimeOffset now, UpstreamFailure failure, int count)
    {
        if (State != CircuitState.Closed)
        {
            return;
        }

        _causes.Add(now, failure, ProbeKind.Off, ConsecutiveFailures == 0);
        _requestFailures = (int)Math.Min((long)_requestFailures + count, int.MaxValue);
        Judge(now, failure, count);
    }

    public void RecordProbeFailure(DateTimeOffset now, UpstreamFailure failure, ProbeKind probe)
    {
        if (State != CircuitState.Closed)
        {
            return;
        }

        _causes.Add(now, failure, probe, ConsecutiveFailures == 0);
        _probeFailures++;
        Judge(now, failure, 1);
    }

    /// <summary>An active probe went well, or there is none any more: of probes there is no row of failures.</summary>
    public void ForgetProbeFailures() => _probeFailures = 0;

    public void BeginProbe(DateTimeOffset permitEnd)
    {
        State = CircuitState.HalfOpen;
        (_openUntil, _openFor) = (permitEnd, HealthPolicy.ProbePermit);
    }

    /// <param name="seenBy"><see cref="ProbeKind.Off"/>: the probe was a request.</param>
    public void ProbeFailed(DateTimeOffset now, UpstreamFailure failure, ProbeKind seenBy = ProbeKind.Off)
    {
        if (State == CircuitState.HalfOpen)
        {
            _causes.Add(now, failure, seenBy, startsRow: false);
            Open(now, failure);
        }
    }

    /// <summary>The probe ended without saying anything about the endpoint: the next one may go at once.</summary>
    public void ProbeWasted(DateTimeOffset now)
    {
        if (State == CircuitState.HalfOpen)
        {
            State = CircuitState.Open;
            _openUntil = now;
        }
    }

    public void Close()
    {
        State = CircuitState.Closed;
        _requestFailures = 0;
        _probeFailures = 0;
        LastFailure = UpstreamFailure.None;
        ForgetDoubling();
        _window.Clear();
        _causes.Clear();
    }

    /// <summary>An active probe went well; whether requests do is still to be seen.</summary>
    public void CloseByProbe(DateTimeOffset now)
    {
        if (State == CircuitState.HalfOpen)
        {
            var doubled = _nextOpen;
            Close();
            (_nextOpen, _closedByProbeAt) = (doubled, now);
        }
    }

    private void Judge(DateTimeOffset now, UpstreamFailure failure, int count)
    {
        _window.Add(now, count, count);
        if (ConsecutiveFailures < HealthPolicy.ConsecutiveFailures && !_window.IsFailing(now))
        {
            return;
        }

        if (now - _closedByProbeAt >= HealthPolicy.LongestOpen)
        {
            ForgetDoubling();
        }

        _causes.Settle(now);
        Open(now, failure);
    }

    private void Open(DateTimeOffset now, UpstreamFailure failure)
    {
        State = CircuitState.Open;
        LastFailure = failure;
        (_openUntil, _openFor) = (now + _nextOpen, _nextOpen);
        _nextOpen = _nextOpen * 2 < HealthPolicy.LongestOpen ? _nextOpen * 2 : HealthPolicy.LongestOpen;
    }

    private void ForgetDoubling()
    {
        _nextOpen = HealthPolicy.FirstOpen;
        _closedByProbeAt = DateTimeOffset.MaxValue;
    }
}
