using System.Text.Json;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>What an upstream's status says about the endpoint.</summary>
internal static class AnswerStatus
{
    public static bool IsSuccess(int status) => status is >= 200 and < 300;

    /// <summary>None: an error of the caller's own, to be passed on.</summary>
    public static UpstreamFailure Classify(int status, ReadOnlySpan<byte> body) => status switch
    {
        StatusCodes.Status402PaymentRequired => UpstreamFailure.QuotaExhausted,
        >= 400 when SaysQuotaIsExhausted(body) => UpstreamFailure.QuotaExhausted,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => UpstreamFailure.KeyRefused,
        StatusCodes.Status408RequestTimeout => UpstreamFailure.RequestTimeout,
        StatusCodes.Status429TooManyRequests => UpstreamFailure.RateLimited,
        StatusCodes.Status503ServiceUnavailable => UpstreamFailure.Unavailable,
        >= 500 => UpstreamFailure.ServerError,
        >= 400 => UpstreamFailure.None,

        // Redirects are not followed: they would carry the key to an address that nobody approved.
        _ => UpstreamFailure.ProtocolError,
    };

    /// <summary>The error's own type or code; the word in a message may be the caller's.</summary>
    public static bool SaysQuotaIsExhausted(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("insufficient_quota"u8) < 0)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && (Is(error, "type") || Is(error, "code"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text in it is half of a surrogate pair.
            return false;
        }
    }

    private static bool Is(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals("insufficient_quota"u8);
}
