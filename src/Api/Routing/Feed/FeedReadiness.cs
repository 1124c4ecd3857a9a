using Gateway.Api.Health;

namespace Gateway.Api.Routing.Feed;

/// <summary>A node is ready once it has a manifest, and degraded while it serves from one that nobody keeps current.</summary>
public sealed class FeedReadiness(Readiness readiness) : IFeedObserver
{
    public void ManifestLoaded() => readiness.ReportManifestLoaded();

    public void FeedReachable(bool reachable) => readiness.SetDegraded("feed_unreachable", !reachable);
}
