using Gateway.Api.Errors;

namespace Gateway.Api.Management.Keys;

/// <summary>Refusals of the key routes.</summary>
internal static class KeyErrors
{
    public static GatewayError NotFound() => Error(StatusCodes.Status404NotFound, "key_not_found", "There is no API key with this id.");

    public static GatewayError Revoked() => Error(StatusCodes.Status409Conflict, "key_revoked", "The API key has been revoked; create a new one.");

    public static GatewayError Expired() => Error(StatusCodes.Status409Conflict, "key_expired", "The API key has expired; create a new one, or have an admin give it a later end.");

    public static GatewayError Forged() =>
        Error(StatusCodes.Status409Conflict, "key_forged", "The seal of this API key does not match, so what is stored about it cannot be trusted. Revoke it and create a new one.");

    public static GatewayError Changed() =>
        Error(StatusCodes.Status412PreconditionFailed, "precondition_failed", "The API key was changed since you read it. Read it again and send its ETag in If-Match.");

    public static GatewayError IdempotencyKeyReused() =>
        Error(StatusCodes.Status409Conflict, "idempotency_key_reused", "This Idempotency-Key was sent with another body before.") with { Param = "Idempotency-Key" };

    public static GatewayError TooMany(int maximum) =>
        Error(StatusCodes.Status409Conflict, "too_many_keys", $"At most {maximum} usable keys are allowed for each user. Revoke what you do not need first.");

    public static GatewayError OwnKeysOff() =>
        new(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "own_keys_disabled", "Users make no API keys on this gateway. Ask its administrators for one.");

    public static GatewayError TooFast(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, "rate_limit_exceeded", "You made very many API keys within an hour. Use the ones that you have, or try again later.")
        {
            RetryAfter = retryAfter,
        };

    public static GatewayError StorageUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "storage_unavailable", "The gateway's database cannot be reached; whether the call took effect is unknown. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(2),
        };

    public static GatewayError RotatedTooFast(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, "rate_limit_exceeded", "Your API keys got very many new texts within an hour. Use the ones that you have, or try again later.")
        {
            RetryAfter = retryAfter,
        };

    public static GatewayError RotationUnknown() =>
        StorageUnavailable() with
        {
            RetryAfter = null,
            ShouldRetry = false,
            Message = "The gateway's database cannot be reached; whether the key has a new text is unknown. Read the key before you try again: if its 'hint' has "
                + "changed, the new text is lost with this answer, and one more rotation ends the text from before, which programs still use.",
        };

    private static GatewayError Error(int status, string code, string message) => new(status, GatewayErrors.InvalidRequest, code, message);
}
