using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// What active probes may say:
/// (1) one that fails counts like a failed request; one that goes well says nothing about requests and moves nothing while the circuit
/// is closed; (2) while it is open there is none until its time is over; (3) then it takes the half-open turn, in the place of a request,
/// if it can see all that opened the circuit; else the turn is a request's; (4) a refused key is not shown to the provider again.
/// </summary>
internal sealed partial class EndpointHealth
{
    private ProbeKind _activeProbe;

    /// <summary>The kind of active probes that the entry gets now.</summary>
    public ProbeKind ActiveProbe
    {
        get => _activeProbe;
        set
        {
            if (value != _activeProbe)
            {
                _circuit.ForgetProbeFailures();
            }

            _activeProbe = value;
        }
    }

    /// <summary>When a probe may say something; null: not before something else has changed.</summary>
    public DateTimeOffset? NextActiveProbe(DateTimeOffset now)
    {
        if (ActiveProbe is ProbeKind.Off || (ActiveProbe is ProbeKind.Models && _ejection.IsActive))
        {
            return null;
        }

        if (_circuit.State == CircuitState.Closed)
        {
            return now;
        }

        if (!_circuit.IsJudgedBy(ActiveProbe))
        {
            return null;
        }

        var next = _circuit.OpenUntil > now ? _circuit.OpenUntil.Value : now;
        return _probe.Lapses > next ? _probe.Lapses : next;
    }

    /// <summary>False: no probe now. Otherwise it may go, and has the half-open turn where there is a <paramref name="permit"/>.</summary>
    public bool TryBeginActiveProbe(DateTimeOffset now, out ProbePermit? permit)
    {
        permit = null;
        if (!(NextActiveProbe(now) <= now))
        {
            return false;
        }

        if (_circuit.State == CircuitState.Closed)
        {
            return true;
        }

        permit = _probe.Take(now);
        _circuit.BeginProbe(permit.ValidUntil);
        return true;
    }

    public void RecordActiveProbe(DateTimeOffset now, ProbeKind kind, ProbeAnswer answer, ProbePermit? permit)
    {
        if (permit is not null)
        {
            SettleActiveProbe(now, kind, answer, permit);
        }
        else if (answer.Word == ProbeWord.Failed)
        {
            _circuit.RecordProbeFailure(now, answer.Failure, kind);
        }
        else if (answer.Word == ProbeWord.Alive)
        {
            _circuit.ForgetProbeFailures();
        }
    }

    private void SettleActiveProbe(DateTimeOffset now, ProbeKind kind, ProbeAnswer answer, ProbePermit permit)
    {
        // Reset by an operator meanwhile, or closed by the late success of a request.
        if (!_probe.IsCurrent(permit.ProbeId))
        {
            return;
        }

        _probe.Release();
        switch (answer.Word)
        {
            case ProbeWord.Alive:
                _circuit.CloseByProbe(now);
                break;
            case ProbeWord.Failed:
                _circuit.ProbeFailed(now, answer.Failure, kind);
                break;
            default:
                _circuit.ProbeWasted(now);
                break;
        }

        if (IsTrusted)
        {
            _probe.Forget();
        }
    }

    private bool IsLeftToActiveProbe(DateTimeOffset now) =>
        _circuit.OpenUntil is { } until && now < until + HealthPolicy.ActiveProbeHeadStart && _circuit.State == CircuitState.Open
        && NextActiveProbe(now) is not null;
}
