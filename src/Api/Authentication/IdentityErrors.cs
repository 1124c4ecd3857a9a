using Gateway.Api.Errors;

namespace Gateway.Api.Authentication;

/// <summary>Failures of what identity rests on: never a 401, since the caller may well be who it says.</summary>
internal static class IdentityErrors
{
    public static GatewayError KeysUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "identity_unavailable", "Your API key could not be checked because the gateway's database cannot be reached. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };
}
