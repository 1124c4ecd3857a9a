using System.Text.Json.Nodes;

namespace Gateway.Api.Errors;

/// <summary>Errors as Anthropic's clients expect them.</summary>
public static class AnthropicErrors
{
    /// <summary>Only Anthropic's clients send the header, whatever route they use.</summary>
    public static bool Speaks(HttpRequest request) => request.Headers.ContainsKey("anthropic-version");

    public static JsonObject ToJson(GatewayError error, string requestId)
    {
        var inner = new JsonObject { ["type"] = TypeOf(error.Status), ["message"] = error.Message };
        if (error.ResetAt is { } resetAt)
        {
            inner[ErrorWriter.ResetAt] = ErrorWriter.Text(resetAt);
        }

        return new JsonObject { ["type"] = "error", ["error"] = inner, ["request_id"] = requestId };
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status402PaymentRequired => "billing_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable => "overloaded_error",
        StatusCodes.Status504GatewayTimeout => "timeout_error",
        < 500 => "invalid_request_error",
        _ => "api_error",
    };
}
