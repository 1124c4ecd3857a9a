using Gateway.Abstractions.Endpoints;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding.Answers;

/// <summary>What the caller is told when no upstream gave an answer.</summary>
/// <remarks>
/// 1. Refused keys are the operator's affair and tell the caller nothing, as long as anything else happened too.
/// 2. If no entry is left and all that happened makes entries cool, the request may come again when the first is usable, also one that was
///    not tried because it cools or its account is full: the true wait is told and the client may retry by itself.
/// 3. Otherwise the attempts are spent: the last telling failure is passed on, with a word to clients not to multiply the
///    attempts that were made here.
/// </remarks>
internal static class FinalAnswer
{
    private static readonly TimeSpan LongestTrueWait = TimeSpan.FromSeconds(60);

    /// <summary>Nothing could be chosen for the first attempt.</summary>
    public static GatewayError Blocked(RouteChoice choice, string model) => choice.Blocked switch
    {
        RouteBlock.NotAllowed => GatewayErrors.ModelNotAllowed(model),
        RouteBlock.Cooling => UpstreamErrors.Cooling(choice.RetryAfter ?? HealthPolicy.RateLimitCooling, choice.CoolingCause is UpstreamFailure.RateLimited, LongestTrueWait),
        RouteBlock.QuotaExhausted => UpstreamErrors.OutOfQuota(),
        RouteBlock.KeyRefused => UpstreamErrors.KeyRefused(),
        _ => UpstreamErrors.ModelUnavailable(model, choice.Notice),
    };

    /// <summary>The upstream's answer is about the caller's request.</summary>
    public static GatewayError PassedOn(FailedAttempt answer)
    {
        var error = UpstreamErrors.Rejected(answer.Status!.Value);
        error = error with { UpstreamRequestId = answer.RequestId };
        return IsPresentable(answer) ? error with { Provider = new ProviderErrorBody(answer.Body, answer.ContentType) } : error;
    }

    /// <param name="failures">In order.</param>
    /// <param name="next">Why there is no other attempt: blocked by None when more was not allowed, else there is no other entry.</param>
    /// <param name="fullFor">Wait for the account that is free first, of those that were full; null: none was.</param>
    public static GatewayError After(IReadOnlyList<FailedAttempt> failures, in RouteChoice next, TimeSpan? fullFor, string model)
    {
        FailedAttempt? telling = null;
        TimeSpan? wait = null;
        var noneLeft = next.Blocked is not RouteBlock.None;
        var allCool = noneLeft;
        var onlyQuota = true;
        foreach (var failed in failures)
        {
            if (failed.Failure is UpstreamFailure.KeyRefused)
            {
                continue;
            }

            onlyQuota &= failed.Failure is UpstreamFailure.QuotaExhausted;
            telling = failed.Failure is UpstreamFailure.QuotaExhausted ? telling ?? failed : failed;
            var cooling = HealthPolicy.CoolingFor(failed.Failure, failed.RetryAfter);
            allCool &= cooling is not null;
            wait = wait is null || cooling < wait ? cooling : wait;
        }

        var isFull = noneLeft && fullFor is not null;
        var isCooling = noneLeft && next.RetryAfter is not null;
        if (telling is null && !isFull && !isCooling)
        {
            return UpstreamErrors.KeyRefused() with { UpstreamRequestId = failures.Count > 0 ? failures[^1].RequestId : null };
        }

        if (onlyQuota && !isFull && (!isCooling || next.OnlyQuota))
        {
            return UpstreamErrors.OutOfQuota() with { UpstreamRequestId = telling?.RequestId };
        }

        if (!allCool)
        {
            return Spent(telling!);
        }

        // Whoever comes during the pause is told the same.
        if (isFull && IsFirst(fullFor, wait, next.RetryAfter))
        {
            return LimitErrors.AccountsExhausted(model, fullFor!.Value);
        }

        return isCooling && IsFirst(next.RetryAfter, wait, null) ? Blocked(next with { Blocked = RouteBlock.Cooling }, model) : Cooling(telling!, wait!.Value);
    }

    /// <summary>Null: no such wait.</summary>
    private static bool IsFirst(TimeSpan? wait, TimeSpan? other, TimeSpan? third) => !(other <= wait) && !(third <= wait);

    private static GatewayError Cooling(FailedAttempt telling, TimeSpan wait)
    {
        var error = UpstreamErrors.Cooling(wait, telling.Failure is UpstreamFailure.RateLimited, LongestTrueWait) with { UpstreamRequestId = telling.RequestId };

        // A longer wait has a code of its own, which whoever comes during the pause is told too.
        return error.Status == telling.Status && wait <= LongestTrueWait ? WithBody(error, telling) : error;
    }

    private static GatewayError Spent(FailedAttempt telling)
    {
        var error = telling.Failure switch
        {
            UpstreamFailure.ConnectTimeout or UpstreamFailure.FirstByteTimeout or UpstreamFailure.IdleTimeout or UpstreamFailure.TotalTimeout => UpstreamErrors.TimedOut(),
            UpstreamFailure.ProtocolError => UpstreamErrors.Failed(StatusCodes.Status502BadGateway),
            UpstreamFailure.Unavailable => UpstreamErrors.Failed(StatusCodes.Status503ServiceUnavailable),
            _ when telling.Status >= StatusCodes.Status400BadRequest => UpstreamErrors.Failed(telling.Status.Value),
            _ => UpstreamErrors.Failed(StatusCodes.Status502BadGateway),
        };
        var wait = telling.RetryAfter < LongestTrueWait ? telling.RetryAfter : null;
        error = error with { RetryAfter = wait > error.RetryAfter ? wait : error.RetryAfter, UpstreamRequestId = telling.RequestId };

        // What a machine between says of the way to the provider is the operator's affair, and may name that machine.
        return telling.Failure is UpstreamFailure.ProtocolError ? error : WithBody(error, telling);
    }

    /// <summary>Clients look for an <c>error</c>; a body without one would tell them less than ours.</summary>
    private static GatewayError WithBody(GatewayError error, FailedAttempt telling) =>
        JsonText.HasError(telling.Body.Span) && IsPresentable(telling)
            ? error with { Provider = new ProviderErrorBody(telling.Body, "application/json") }
            : error;

    private static bool IsPresentable(FailedAttempt answer) =>
        !answer.Body.IsEmpty && SecretScan.IsClean(answer.Body.Span, answer.Candidate.Target);
}
