namespace Gateway.Api.Routing.Feed;

/// <summary>Hears how this node stands with the cluster's feed; readiness follows it.</summary>
public interface IFeedObserver
{
    /// <summary>Once: the first manifest is in force.</summary>
    void ManifestLoaded();

    /// <summary>At each change; true is not told before a false.</summary>
    void FeedReachable(bool reachable);
}
