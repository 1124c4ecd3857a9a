using System.Collections.Concurrent;
using Gateway.Silo.Health;

namespace Gateway.Api.Health;

/// <summary>Whether this process may get traffic. Those who know report here; nothing is asked at the time of a probe.</summary>
public sealed class Readiness : IReadiness
{
    private readonly ConcurrentDictionary<string, byte> _degraded = new(StringComparer.Ordinal);
    private volatile bool _manifestLoaded;
    private volatile bool _keysLoaded;
    private volatile bool _draining;

    /// <summary>Raised once, when the first manifest is in force.</summary>
    public event Action? ManifestBecameLoaded;

    public ReadinessStatus Status => _draining ? ReadinessStatus.Draining
        : _manifestLoaded && _keysLoaded ? ReadinessStatus.Ok
        : ReadinessStatus.Starting;

    public IReadOnlyCollection<string> Degraded => [.. _degraded.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A manifest was loaded, now or before the restart. Never taken back: the last good one goes on serving.</summary>
    public void ReportManifestLoaded()
    {
        if (!_manifestLoaded)
        {
            _manifestLoaded = true;
            ManifestBecameLoaded?.Invoke();
        }
    }

    /// <summary>The API keys and the limits were read once.</summary>
    public void ReportKeysLoaded() => _keysLoaded = true;

    /// <summary>No new traffic, please; running requests finish.</summary>
    public void BeginDraining() => _draining = true;

    /// <param name="what">A stable word such as <c>manifest_stale</c>; told to anyone who asks, so it names no host.</param>
    public void SetDegraded(string what, bool degraded)
    {
        if (degraded)
        {
            _degraded[what] = 0;
        }
        else
        {
            _degraded.TryRemove(what, out _);
        }
    }
}
