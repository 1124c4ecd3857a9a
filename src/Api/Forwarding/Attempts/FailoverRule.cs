using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>May a failed attempt be followed by one elsewhere? Asked only while the caller has no byte of an answer.</summary>
internal static class FailoverRule
{
    /// <summary>Most upstream calls that one request may cause by failing over.</summary>
    public const int MaxAttempts = 3;

    public static bool Allows(FailedAttempt failed, bool stream) => failed.Failure switch
    {
        UpstreamFailure.None or UpstreamFailure.CallerGone or UpstreamFailure.TotalTimeout => false,

        // Silence on a sent unary request may be work in progress that is paid for: only its owner may order it twice.
        UpstreamFailure.FirstByteTimeout or UpstreamFailure.IdleTimeout => stream || !failed.FullySent || failed.Candidate.Entry.RetryUnary,
        _ => true,
    };

    /// <summary>An idle connection that its owner closes just when it is used again says nothing about the endpoint.</summary>
    public static bool AllowsSameAgain(FailedAttempt failed, int attempts) => failed.Failure == UpstreamFailure.ResetBeforeAnswer && attempts == 1;
}
