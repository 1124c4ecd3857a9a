using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>At most one live permit to try an untrusted endpoint.</summary>
internal sealed class ProbeSlot
{
    private long _lastId;
    private long _firstValidId = long.MaxValue;
    private ProbePermit? _current;

    public bool IsTaken(DateTimeOffset now) => _current is { } permit && now < permit.ValidUntil && permit.ValidUntil - now <= HealthPolicy.ProbePermit;

    public DateTimeOffset? Lapses => _current?.ValidUntil;

    public ProbePermit Take(DateTimeOffset now)
    {
        // Ids rise over activations too, so that a report of an earlier activation's probe settles nothing here.
        _lastId = Math.Max(_lastId + 1, now.ToUnixTimeMilliseconds());
        _firstValidId = Math.Min(_firstValidId, _lastId);
        _current = new ProbePermit { ProbeId = _lastId, ValidUntil = now + HealthPolicy.ProbePermit };
        return _current;
    }

    /// <summary>Granted since the endpoint lost its trust, whether lapsed meanwhile or not.</summary>
    public bool WasGranted(long probeId) => probeId >= _firstValidId && probeId <= _lastId;

    public bool IsCurrent(long probeId) => _current?.ProbeId == probeId;

    public void Release() => _current = null;

    /// <summary>The endpoint is trusted again: no earlier permit says anything about the next time.</summary>
    public void Forget()
    {
        _current = null;
        _firstValidId = long.MaxValue;
    }
}
