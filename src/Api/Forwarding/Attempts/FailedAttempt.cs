using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>An attempt that gave the caller nothing.</summary>
internal sealed record FailedAttempt(UpstreamFailure Failure, RouteCandidate Candidate)
{
    /// <summary>The upstream's status; null: no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>The upstream's error body; empty: none, or one that cannot be looked at: too large, or encoded.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The upstream's name for its answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the upstream asked for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The body had gone out completely: the upstream may be working on it.</summary>
    public bool FullySent { get; init; }

    /// <summary>The connection was reset while a large body was on its way: as likely the body's fault as the endpoint's.</summary>
    public bool ResetInLargeBody { get; init; }

    /// <summary>The upstream did the work and answered in a form that the caller cannot be given any more: no fault of its health.</summary>
    public bool IsUnwantedAnswer { get; init; }

    /// <summary>It may have worked on the request all the same: it had all of it, and nobody waited for the end.</summary>
    public bool WasNotHeardOut => IsUnwantedAnswer
        || (FullySent && Failure is UpstreamFailure.CallerGone or UpstreamFailure.FirstByteTimeout or UpstreamFailure.IdleTimeout or UpstreamFailure.TotalTimeout);

    /// <summary>The upstream refused what the gateway added; it is asked again without.</summary>
    public bool AskAgainPlainly { get; init; }
}
