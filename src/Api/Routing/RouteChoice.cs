using System.Runtime.InteropServices;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing;

/// <param name="Candidate">Null: nothing can be chosen, <paramref name="Blocked"/> says why.</param>
/// <param name="ProbeId">The attempt is the cluster's probe of a distrusted entry.</param>
/// <param name="RetryAfter">Until the first of the entries is usable again that cool and that this request did not try; null: there is none.</param>
/// <param name="Notice">The operator's words about an entry that does not serve.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RouteChoice(RouteCandidate? Candidate, long? ProbeId, RouteBlock Blocked, TimeSpan? RetryAfter, string? Notice)
{
    /// <summary>Of <see cref="RetryAfter"/>: what made that entry cool.</summary>
    public UpstreamFailure CoolingCause { get; init; }

    /// <summary>Of <see cref="RetryAfter"/>: all those entries cool because their accounts are out of quota.</summary>
    public bool OnlyQuota { get; init; }

    /// <summary>The entry will not be tried after all: the one probe that it stood for, if any, is free for another request.</summary>
    public void GiveUp()
    {
        if (Candidate is { } candidate && ProbeId is not null)
        {
            candidate.Endpoint.Begin(ProbeId, candidate.Target).End(UpstreamFailure.CallerGone, null);
        }
    }

    public static RouteChoice Of(RouteCandidate candidate, long? probeId = null) => new(candidate, probeId, RouteBlock.None, null, null);

    public static RouteChoice Block(RouteBlock reason, string? notice = null) => new(null, null, reason, null, notice);
}

public enum RouteBlock
{
    None,

    /// <summary>The caller may use none of the model's entries.</summary>
    NotAllowed,

    /// <summary>No entry that the caller may use serves (Offline, Maintenance, drained).</summary>
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
