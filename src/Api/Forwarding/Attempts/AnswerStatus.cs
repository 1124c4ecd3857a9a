using System.Text.Json;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>What an upstream's status says about the endpoint.</summary>
internal static class AnswerStatus
{
    private const int TooEarly = 425;

    public static bool IsSuccess(int status) => status is >= 200 and < 300;

    /// <summary>None: an error of the caller's own, to be passed on.</summary>
    public static UpstreamFailure Classify(int status, ReadOnlySpan<byte> body) => status switch
    {
        StatusCodes.Status402PaymentRequired => UpstreamFailure.QuotaExhausted,
        >= 400 when SaysQuotaIsExhausted(body) => UpstreamFailure.QuotaExhausted,
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => UpstreamFailure.KeyRefused,
        StatusCodes.Status408RequestTimeout => UpstreamFailure.RequestTimeout,
        StatusCodes.Status429TooManyRequests => UpstreamFailure.RateLimited,
        StatusCodes.Status503ServiceUnavailable or TooEarly => UpstreamFailure.Unavailable,

        // A proxy on the way wants a password, or the connection leads to the wrong server: both are ours.
        StatusCodes.Status407ProxyAuthenticationRequired or StatusCodes.Status421MisdirectedRequest => UpstreamFailure.ProtocolError,
        >= 500 => UpstreamFailure.ServerError,
        >= 400 => UpstreamFailure.None,

        // Redirects are not followed: they would carry the key to an address that nobody approved.
        _ => UpstreamFailure.ProtocolError,
    };

    /// <summary>The error's own type or code; the word in a message may be the caller's.</summary>
    public static bool SaysQuotaIsExhausted(ReadOnlySpan<byte> body) =>
        body.IndexOf("insufficient_quota"u8) >= 0 && Ask(body, static error => IsQuota(error, "type") || IsQuota(error, "code"));

    /// <summary>The status that an error in a 200 says it should have come with, in its <c>code</c> or <c>status</c>; null: none.</summary>
    public static int? StatedIn(ReadOnlySpan<byte> body) => Ask(body, static error => Number(error, "code") ?? Number(error, "status"));

    /// <summary>What an error in a 200 says about the endpoint.</summary>
    /// <param name="stated"><see cref="StatedIn"/>.</param>
    public static UpstreamFailure ClassifyInSuccess(int? stated, ReadOnlySpan<byte> body) =>
        stated is { } status ? Classify(status, body)
        : SaysQuotaIsExhausted(body) ? UpstreamFailure.QuotaExhausted
        : UpstreamFailure.ErrorInSuccess;

    /// <summary>What an error says about the endpoint that stands in the middle of a stream; null: nothing beyond that the answer broke off.</summary>
    public static UpstreamFailure? ClassifyInAnswer(int? stated) =>
        stated is not { } status ? null
        : Classify(status, default) is var failure and not UpstreamFailure.KeyRefused ? failure

        // The key was good for the beginning of this very answer.
        : null;

    private static T? Ask<T>(ReadOnlySpan<byte> body, Func<JsonElement, T?> question)
    {
        try
        {
            var reader = new Utf8JsonReader(body.StartsWith("\uFEFF"u8) ? body[3..] : body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is not { ValueKind: JsonValueKind.Object } root ? default
                : root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? question(error)
                : Is(root, "object", "error"u8) ? question(root)
                : default;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text in it is half of a surrogate pair.
            return default;
        }
    }

    private static bool IsQuota(JsonElement error, string name) => Is(error, name, "insufficient_quota"u8);

    private static bool Is(JsonElement json, string name, ReadOnlySpan<byte> text) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static int? Number(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is >= 400 and < 600 ? number : null;
}
