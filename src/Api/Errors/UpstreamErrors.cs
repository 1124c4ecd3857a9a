namespace Gateway.Api.Errors;

/// <summary>What callers are told about failures behind the gateway. No text names a host, an account or a key.</summary>
public static class UpstreamErrors
{
    private const int Overloaded = 529;

    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    public static GatewayError ModelUnavailable(string model, string? notice) =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            GatewayErrors.ServerError,
            "model_unavailable",
            notice is null ? $"The model '{model}' is not available at the moment." : $"The model '{model}' is not available at the moment: {notice}")
        {
            Param = "model",
            RetryAfter = TimeSpan.FromSeconds(5),
            ShouldRetry = false,
        };

    public static GatewayError OutOfQuota() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "upstream_quota", "The provider's quota for this model is used up.")
        {
            RetryAfter = TimeSpan.FromSeconds(60),
            ShouldRetry = false,
        };

    public static GatewayError KeyRefused() =>
        new(StatusCodes.Status502BadGateway, GatewayErrors.ServerError, "upstream_auth", "The provider refused the gateway's credentials. The operator of the gateway has to renew them.")
        {
            RetryAfter = LeastWait,
            ShouldRetry = false,
        };

    /// <summary>Every entry asks for a pause.</summary>
    /// <param name="longest">Clients wait as long as they are told, so that longer pauses are answered otherwise.</param>
    public static GatewayError Cooling(TimeSpan wait, bool rateLimited, TimeSpan longest)
    {
        if (wait > longest)
        {
            return OutOfQuota();
        }

        wait = wait < LeastWait ? LeastWait : wait;
        return rateLimited
            ? new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, "rate_limit_exceeded", "The provider's rate limit for this model is reached.") { RetryAfter = wait }
            : new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "upstream_unavailable", "The model's endpoints asked for a pause.") { RetryAfter = wait };
    }

    public static GatewayError TimedOut() =>
        new(StatusCodes.Status504GatewayTimeout, GatewayErrors.ServerError, "upstream_timeout", "The model's endpoint did not answer in time.")
        {
            RetryAfter = LeastWait,
            ShouldRetry = false,
        };

    /// <summary>The attempts are spent; the last one ended with this status.</summary>
    public static GatewayError Failed(int status) =>
        new(StatusOf(status), TypeOf(status), "upstream_error", "The model's endpoint could not answer the request.")
        {
            RetryAfter = LeastWait,
            ShouldRetry = false,
        };

    /// <summary>The provider found the caller's request at fault.</summary>
    public static GatewayError Rejected(int status) =>
        new(status, GatewayErrors.InvalidRequest, "upstream_rejected", "The model's endpoint rejected the request.");

    // Numbers beyond 599 are no statuses to most clients.
    private static int StatusOf(int status) => status switch
    {
        Overloaded => StatusCodes.Status503ServiceUnavailable,
        > 599 => StatusCodes.Status502BadGateway,
        _ => status,
    };

    private static string TypeOf(int status) =>
        status == StatusCodes.Status429TooManyRequests ? GatewayErrors.RateLimitError : GatewayErrors.ServerError;
}
