using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;

namespace Gateway.Grains.Endpoints.Probes;

/// <summary>The order to probe that is in force, and when the next probe is due. Used by one turn at a time.</summary>
internal sealed class ProbeDuty
{
    private ProbeOrder? _order;
    private DateTimeOffset _lapsesAt;
    private DateTimeOffset _notBefore;

    public ProbeResult? Last { get; private set; }

    /// <summary>What is probed; null: nothing is, or the order lapsed.</summary>
    public ManifestEntry? EntryAt(DateTimeOffset now) => now < _lapsesAt ? _order?.Entry : null;

    /// <summary>Ignores an order that is older than the one in force.</summary>
    public void Take(ProbeOrder order, DateTimeOffset now)
    {
        if (now < _lapsesAt && order.Version < _order?.Version)
        {
            return;
        }

        if (!Holds(order.Entry, now))
        {
            Last = null;
            _notBefore = now;
        }

        _order = order;
        _lapsesAt = now + HealthPolicy.ProbeOrderLease;
    }

    /// <summary>This entry, as it stands here, is the one to probe.</summary>
    public bool Holds(ManifestEntry? entry, DateTimeOffset now) =>
        EntryAt(now) is { } present ? entry is not null && ManifestEntryComparer.AreEqual(present, entry) : entry is null;

    public void Note(ProbeResult result, bool isGood, DateTimeOffset now)
    {
        Last = result;
        _notBefore = now + (isGood ? HealthPolicy.ActiveProbePeriod : HealthPolicy.ActiveProbeRetry);
    }

    /// <summary>There was nothing to ask: look again in a period.</summary>
    public void Skip(DateTimeOffset now) => _notBefore = now + HealthPolicy.ActiveProbePeriod;

    /// <param name="healthAllows">When a probe may say something.</param>
    /// <returns>Null: never, as things are.</returns>
    public DateTimeOffset? NextAt(DateTimeOffset now, DateTimeOffset? healthAllows)
    {
        var next = healthAllows > _notBefore ? healthAllows : healthAllows is null ? null : _notBefore;
        return EntryAt(now) is null || next >= _lapsesAt ? null : next;
    }
}
