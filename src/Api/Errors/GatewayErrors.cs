namespace Gateway.Api.Errors;

/// <summary>The refusals that several parts give, in one place so that their texts agree.</summary>
public static class GatewayErrors
{
    public const string InvalidRequest = "invalid_request_error";
    public const string PermissionError = "permission_error";
    public const string RateLimitError = "rate_limit_error";
    public const string InsufficientQuota = "insufficient_quota";
    public const string ServerError = "server_error";

    public static GatewayError BadRequest(string message, string? param = null, string code = "invalid_request") =>
        new(StatusCodes.Status400BadRequest, InvalidRequest, code, message) { Param = param };

    public static GatewayError Unauthenticated(string message) =>
        new(StatusCodes.Status401Unauthorized, InvalidRequest, "invalid_api_key", message)
        {
            Challenge = "Bearer realm=\"inference-gateway\"",
        };

    public static GatewayError IdentityUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, ServerError, "identity_unavailable", "The identity provider cannot be reached; your credential could not be checked. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    public static GatewayError ModelNotFound(string model) =>
        new(StatusCodes.Status404NotFound, InvalidRequest, "model_not_found", $"The model '{model}' does not exist or you do not have access to it.") { Param = "model" };

    public static GatewayError ModelNotAllowed(string model) =>
        new(StatusCodes.Status403Forbidden, PermissionError, "model_not_allowed", $"You are not allowed to use the model '{model}'.") { Param = "model" };

    public static GatewayError RouteNotAllowed(string route) =>
        new(StatusCodes.Status403Forbidden, PermissionError, "route_not_allowed", $"Your credential may not be used for '{route}'.");

    public static GatewayError NotReady() =>
        new(StatusCodes.Status503ServiceUnavailable, ServerError, "not_ready", "The gateway has not loaded a manifest yet. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };

    /// <summary>Says nothing of the cause: that is in the log, under the request's id.</summary>
    public static GatewayError Internal() =>
        new(StatusCodes.Status500InternalServerError, ServerError, "internal_error", "The gateway failed to handle the request. Its operator finds the cause by the request id.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static GatewayError UnknownRoute(string method, string path) =>
        new(StatusCodes.Status404NotFound, InvalidRequest, "not_found", $"There is no route {method} {path}.");
}
