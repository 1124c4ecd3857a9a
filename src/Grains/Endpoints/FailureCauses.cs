using System.Runtime.InteropServices;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Endpoints;

/// <summary>What opened a circuit, so that an active probe closes it only if it can see whether all of that is over.</summary>
internal sealed class FailureCauses
{
    private readonly Dictionary<Seen, DateTimeOffset> _lastSeen = [];
    private DateTimeOffset _rowSince;

    /// <param name="seenBy">The kind of active probe that saw it; <see cref="ProbeKind.Off"/>: a request did.</param>
    /// <param name="startsRow">It is the first of the failures in a row.</param>
    public void Add(DateTimeOffset now, UpstreamFailure failure, ProbeKind seenBy, bool startsRow)
    {
        _rowSince = startsRow ? now : _rowSince;
        _lastSeen[new Seen(failure, seenBy)] = now;
    }

    /// <summary>The circuit opens: what is older than the row of failures and the window has no part in it.</summary>
    public void Settle(DateTimeOffset now)
    {
        var oldest = now - HealthPolicy.Window;
        oldest = _rowSince < oldest ? _rowSince : oldest;
        foreach (var (seen, at) in _lastSeen)
        {
            if (at < oldest)
            {
                _lastSeen.Remove(seen);
            }
        }
    }

    public bool AreJudgedBy(ProbeKind probe) =>
        probe is not ProbeKind.Off && _lastSeen.Keys.All(seen => seen.By == probe || HealthPolicy.CanJudge(probe, seen.Failure));

    public void Clear() => _lastSeen.Clear();

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Seen(UpstreamFailure Failure, ProbeKind By);
}
