using Gateway.Api.Authentication;

namespace Gateway.Api.Routing;

/// <summary>Chooses the entry for each attempt and decides whether another attempt may be made.</summary>
public sealed class Router
{
    /// <summary>Null: no manifest was ever loaded.</summary>
    public RoutingSnapshot? Current => throw new NotImplementedException();

    /// <summary>Call once per request, before the first choice: the retry budget is a share of it.</summary>
    public void CountRequest() => throw new NotImplementedException();

    /// <summary>True: one more attempt is within the node's retry budget, and is now counted.</summary>
    public bool TryTakeRetry() => throw new NotImplementedException();

    /// <summary>Completes synchronously unless an entry is due for its one probe.</summary>
    /// <param name="tried">Entries that this request has tried already; never chosen again.</param>
    public ValueTask<RouteChoice> ChooseAsync(ModelRoute route, Caller caller, IReadOnlyList<RouteCandidate> tried, string requestId, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>An immutable view of the manifest with everything that routing needs.</summary>
public sealed class RoutingSnapshot
{
    public ModelRoute? Find(string model) => throw new NotImplementedException();
}

/// <param name="Candidate">Null: nothing can be chosen, <paramref name="Blocked"/> says why.</param>
/// <param name="ProbeId">The attempt is the cluster's probe of a distrusted entry.</param>
public readonly record struct RouteChoice(RouteCandidate? Candidate, long? ProbeId, RouteBlock Blocked, TimeSpan? RetryAfter, string? Notice);

public enum RouteBlock
{
    None,

    /// <summary>The caller may use none of the model's entries.</summary>
    NotAllowed,

    /// <summary>No entry of the model serves (Offline, Maintenance, drained).</summary>
    NotServing,

    /// <summary>All usable entries have been tried by this request.</summary>
    AllTried,

    /// <summary>Every usable entry cools after 429 or 503 with Retry-After.</summary>
    Cooling,

    /// <summary>Every usable entry's account is out of quota.</summary>
    QuotaExhausted,

    /// <summary>The provider refuses our key at every usable entry.</summary>
    KeyRefused,
}
