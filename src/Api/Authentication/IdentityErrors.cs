using Gateway.Api.Errors;

namespace Gateway.Api.Authentication;

/// <summary>Failures of what identity rests on: never a 401, since the caller may well be who it says.</summary>
internal static class IdentityErrors
{
    public static GatewayError KeysUnavailable() => Unavailable("Your API key could not be checked because the gateway's database cannot be reached. Try again shortly.");

    /// <summary>The silos are away, or a change that they tell of cannot be read.</summary>
    public static GatewayError KeysUnconfirmed() => Unavailable("Your API key could not be checked because the gateway's cluster has not confirmed its keys for too long. Try again shortly.");

    public static GatewayError TooManyAttempts(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, "rate_limit_exceeded", "Too many unknown credentials came from your address. Try again later.")
        {
            RetryAfter = retryAfter,
        };

    /// <summary>The token is no good.</summary>
    public static GatewayError InvalidToken(string message) =>
        GatewayErrors.Unauthenticated(message) with { Challenge = "Bearer realm=\"inference-gateway\", error=\"invalid_token\"" };

    /// <summary>The credential is good; who holds it may not call.</summary>
    public static GatewayError Denied(string message) => new(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "access_denied", message);

    public static GatewayError InsufficientScope(string scope) =>
        new(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "insufficient_scope", $"The token lacks the scope '{scope}'.")
        {
            Challenge = $"Bearer realm=\"inference-gateway\", error=\"insufficient_scope\", scope=\"{scope}\"",
        };

    private static GatewayError Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "identity_unavailable", message)
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };
}
