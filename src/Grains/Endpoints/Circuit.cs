using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Breaks an endpoint that fails:
/// (1) closed: enough failures in a row, or a bad enough share of the last seconds, open it;
/// (2) open: until its time nothing may try; outcomes of requests that were already under way, or were sent for want of anything better,
/// say nothing new and are not judged;
/// (3) then one probe makes it half-open; its success closes the circuit and forgets the doubling, its failure opens it for twice as long,
/// an end that says nothing (the caller went away) gives the turn to another;
/// (4) a probe that does not report in time lapses and another may go. Its late success still closes the circuit, since it was begun
/// after the circuit opened; its late failure is not judged.
/// </summary>
internal sealed class Circuit
{
    private readonly OutcomeWindow _window = new();
    private DateTimeOffset _openUntil;
    private TimeSpan _openFor;
    private TimeSpan _nextOpen = HealthPolicy.FirstOpen;

    public CircuitState State { get; private set; }

    public int ConsecutiveFailures { get; private set; }

    /// <summary>What opened the circuit.</summary>
    public UpstreamFailure LastFailure { get; private set; }

    /// <summary>When the next probe may go; only while not closed.</summary>
    public DateTimeOffset? OpenUntil => State == CircuitState.Closed ? null : _openUntil;

    /// <summary>An opening lasts no longer because the clock was set back.</summary>
    public void Follow(DateTimeOffset now) => _openUntil = _openUntil - now > _openFor ? now : _openUntil;

    public bool MayProbe(DateTimeOffset now) => State != CircuitState.Closed && now >= _openUntil;

    public void RecordSuccess(DateTimeOffset now, int count)
    {
        if (State == CircuitState.Closed)
        {
            ConsecutiveFailures = 0;
            _window.Add(now, count, 0);
        }
    }

    public void RecordFailure(DateTimeOffset now, UpstreamFailure failure, int count)
    {
        if (State != CircuitState.Closed)
        {
            return;
        }

        ConsecutiveFailures = (int)Math.Min((long)ConsecutiveFailures + count, int.MaxValue);
        _window.Add(now, count, count);
        if (ConsecutiveFailures >= HealthPolicy.ConsecutiveFailures || _window.IsFailing(now))
        {
            Open(now, failure);
        }
    }

    public void BeginProbe(DateTimeOffset permitEnd)
    {
        State = CircuitState.HalfOpen;
        (_openUntil, _openFor) = (permitEnd, HealthPolicy.ProbePermit);
    }

    public void ProbeFailed(DateTimeOffset now, UpstreamFailure failure)
    {
        if (State == CircuitState.HalfOpen)
        {
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
        ConsecutiveFailures = 0;
        LastFailure = UpstreamFailure.None;
        _nextOpen = HealthPolicy.FirstOpen;
        _window.Clear();
    }

    private void Open(DateTimeOffset now, UpstreamFailure failure)
    {
        State = CircuitState.Open;
        LastFailure = failure;
        (_openUntil, _openFor) = (now + _nextOpen, _nextOpen);
        _nextOpen = _nextOpen * 2 < HealthPolicy.LongestOpen ? _nextOpen * 2 : HealthPolicy.LongestOpen;
    }
}
