using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// One entry's health as the whole cluster sees it: circuit, cooling and key ejection, and the one probe that may test them.
/// Outcomes are taken in the order of arrival.
/// </summary>
internal sealed partial class EndpointHealth
{
    private readonly Circuit _circuit = new();
    private readonly Cooling _cooling = new();
    private readonly KeyEjection _ejection = new();
    private readonly ProbeSlot _probe = new();

    public int ConsecutiveFailures => _circuit.ConsecutiveFailures;

    public bool IsTrusted => _circuit.State == CircuitState.Closed && !_ejection.IsActive;

    /// <summary>Takes outcomes in; with a <paramref name="probeId"/> the last of them is that probe's, and none means that it was not used.</summary>
    public void Record(DateTimeOffset now, IReadOnlyList<OutcomeRun> runs, string? keyFingerprint, long? probeId)
    {
        var wasTrusted = IsTrusted;
        Follow(now);
        _ejection.NoteAccepted(keyFingerprint);
        var settles = probeId is { } id && _probe.WasGranted(id);
        var ordinary = settles ? runs.Count - 1 : runs.Count;
        for (var index = 0; index < ordinary; index++)
        {
            Record(now, runs[index], keyFingerprint);
        }

        if (settles)
        {
            Settle(now, runs.Count > 0 ? runs[^1] : null, keyFingerprint, _probe.IsCurrent(probeId!.Value));
        }

        if (IsTrusted && !wasTrusted)
        {
            _probe.Forget();
        }
    }

    public ProbePermit? TryBeginProbe(DateTimeOffset now)
    {
        Follow(now);
        var mayTry = _circuit.State == CircuitState.Closed || _circuit.MayProbe(now);
        if (IsTrusted || _cooling.Until is not null || !mayTry || !_ejection.MayTry(now) || _probe.IsTaken(now) || IsLeftToActiveProbe(now))
        {
            return null;
        }

        var permit = _probe.Take(now);
        if (_circuit.State != CircuitState.Closed)
        {
            _circuit.BeginProbe(permit.ValidUntil);
        }

        _ejection.BeginTrial(now);
        return permit;
    }

    public void Reset()
    {
        _circuit.Close();
        _cooling.Clear();
        _ejection.End();
        _probe.Forget();
    }

    public void EndEjection() => _ejection.End();

    /// <summary>The verdict at this moment; the caller numbers it.</summary>
    public EndpointVerdict Verdict(string entryId, DateTimeOffset now, long version)
    {
        Follow(now);
        return new EndpointVerdict
        {
            EntryId = entryId,
            Version = version,
            Circuit = _circuit.State,
            OpenUntil = _circuit.OpenUntil,
            CoolingUntil = _cooling.Until,
            CoolingCause = _cooling.Cause,
            Ejected = _ejection.IsActive,
            KeyFingerprint = _ejection.KeyFingerprint,
            NextEjectionTrial = _ejection.NextTrial,
            LastFailure = _circuit.LastFailure,
        };
    }

    private void Follow(DateTimeOffset now)
    {
        _circuit.Follow(now);
        _cooling.Expire(now);
        _ejection.Follow(now);
    }

    private void Record(DateTimeOffset now, OutcomeRun run, string? keyFingerprint)
    {
        if (TakeWord(now, run, keyFingerprint))
        {
            return;
        }

        if (run.Failure == UpstreamFailure.None)
        {
            // What the caller got wrong neither speaks against the endpoint nor makes up for its failures.
            if (!run.Rejected)
            {
                _circuit.RecordSuccess(now, run.Count);
            }
        }
        else if (HealthPolicy.IsCircuitFailure(run.Failure, run.RetryAfter))
        {
            _circuit.RecordFailure(now, run.Failure, run.Count);
        }
    }

    private void Settle(DateTimeOffset now, OutcomeRun? run, string? keyFingerprint, bool isCurrent)
    {
        var isFailure = run is not null && HealthPolicy.IsCircuitFailure(run.Failure, run.RetryAfter);
        if (isCurrent)
        {
            _probe.Release();
        }

        if (run is null || run.Failure == UpstreamFailure.CallerGone)
        {
            if (isCurrent)
            {
                _circuit.ProbeWasted(now);
            }
        }
        else if (isFailure)
        {
            if (_circuit.State == CircuitState.Closed)
            {
                _circuit.RecordFailure(now, run!.Failure, run.Count);
            }
            else if (isCurrent)
            {
                _circuit.ProbeFailed(now, run!.Failure);
            }
        }
        else
        {
            // Also a 429, a refused key or an exhausted quota is an answer: the endpoint works, and has its own word for what is wrong.
            var isRefusal = TakeWord(now, run, keyFingerprint);
            _circuit.Close();

            // A provider may reject a request before it looks at the key.
            if (!isRefusal && !run.Rejected)
            {
                _ejection.End();
            }
        }
    }

    // What the endpoint asked for in so many words, rather than what its failing suggests.
    private bool TakeWord(DateTimeOffset now, OutcomeRun run, string? keyFingerprint)
    {
        if (run.Failure == UpstreamFailure.KeyRefused)
        {
            _ejection.Begin(now, run.KeyFingerprint ?? keyFingerprint);
            return true;
        }

        if (HealthPolicy.CoolingFor(run.Failure, run.RetryAfter) is { } wait)
        {
            _cooling.Extend(now, wait, run.Failure);
            return true;
        }

        return false;
    }
}
