using System.Globalization;
using Gateway.Api.Http.Encodings;

namespace Gateway.Api.Errors;

/// <summary>What is wrong with a request before any model or upstream comes into it. No text repeats a value of the caller's.</summary>
public static class RequestErrors
{
    public static GatewayError EmptyBody() => GatewayErrors.BadRequest("The request body is empty; it must be a JSON object.");

    public static GatewayError TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, GatewayErrors.InvalidRequest, "request_too_large", $"The request body is larger than {Size(maxBytes)}.");

    public static GatewayError UnsupportedEncoding() =>
        UnsupportedEncoding(ContentCodings.Supported, $"Supported: {ContentCodings.Supported}, identity; at most {ContentCodings.MaxCount} of them one after the other.");

    /// <summary>Only inference takes other bodies than plain ones.</summary>
    public static GatewayError NotPlain() => UnsupportedEncoding("identity", "Supported on this route: identity.");

    public static GatewayError WrongEncoding() =>
        GatewayErrors.BadRequest("The request body is not what its Content-Encoding says, or was cut off.", code: "invalid_encoding");

    public static GatewayError NotJson() =>
        new(StatusCodes.Status415UnsupportedMediaType, GatewayErrors.InvalidRequest, "unsupported_media_type", "The Content-Type of the request must be application/json.");

    public static GatewayError MethodNotAllowed(string allow) =>
        new(StatusCodes.Status405MethodNotAllowed, GatewayErrors.InvalidRequest, "method_not_allowed", $"This route takes {allow} only.") { Allow = allow };

    public static GatewayError InvalidJson(long? line, long? position) =>
        GatewayErrors.BadRequest(
            line is null ? "The request body is not valid JSON." : $"The request body is not valid JSON (line {line + 1}, byte {position + 1}).",
            code: "invalid_json");

    public static GatewayError NotUtf8() =>
        GatewayErrors.BadRequest("The request body is not valid JSON: it must be UTF-8 without a byte order mark.", code: "invalid_json");

    public static GatewayError NotAnObject() => GatewayErrors.BadRequest("The request body must be a JSON object.");

    public static GatewayError Missing(string param) => GatewayErrors.BadRequest($"The parameter '{param}' is missing.", param, "missing_parameter");

    public static GatewayError WrongType(string param, string expected) =>
        GatewayErrors.BadRequest($"The parameter '{param}' must be {expected}.", param, "invalid_type");

    public static GatewayError AboveMaximum(string param, long most) =>
        GatewayErrors.BadRequest(string.Create(CultureInfo.InvariantCulture, $"The parameter '{param}' must be at most {most}."), param, "integer_above_max_value");

    public static GatewayError NoBackground() =>
        GatewayErrors.BadRequest("Responses in the background are not supported: set 'background' to false or leave it out.", "background", "unsupported_parameter");

    public static GatewayError Ambiguous(string param) =>
        GatewayErrors.BadRequest($"The parameter '{param}' must occur once, in lower case: another reader of this body could take a different one.", param, "ambiguous_parameter");

    public static GatewayError InvalidHeader(string name) =>
        GatewayErrors.BadRequest($"The header '{name}' may only have visible ASCII characters and spaces, 4096 at most.", name, "invalid_header");

    public static GatewayError ClusterNotFound() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "cluster_not_found", "The cluster or framework in the path does not exist.");

    private static GatewayError UnsupportedEncoding(string supported, string told) =>
        new(StatusCodes.Status415UnsupportedMediaType, GatewayErrors.InvalidRequest, "unsupported_encoding", "The Content-Encoding of the request is not supported. " + told)
        {
            AcceptEncoding = supported,
        };

    /// <summary>What the server found wrong while it read the request; its own text is not repeated.</summary>
    public static GatewayError FromServer(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => new(status, GatewayErrors.InvalidRequest, "request_too_large", "The request body is too large."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge => new(status, GatewayErrors.InvalidRequest, "headers_too_large", "The request headers are too large."),
        StatusCodes.Status408RequestTimeout => new(status, GatewayErrors.InvalidRequest, "request_timeout", "The request body arrived too slowly."),
        StatusCodes.Status401Unauthorized => GatewayErrors.Unauthenticated("The request needs a credential."),
        StatusCodes.Status403Forbidden => new(status, GatewayErrors.PermissionError, "forbidden", "You are not allowed to do this."),
        StatusCodes.Status429TooManyRequests => new(status, GatewayErrors.RateLimitError, "rate_limit_exceeded", "Too many requests.") { RetryAfter = TimeSpan.FromSeconds(1) },
        _ => new(status, GatewayErrors.InvalidRequest, "bad_request", "The request could not be read."),
    };

    private static string Size(int bytes) => bytes % (1 << 20) == 0 ? $"{bytes >> 20} MiB" : $"{bytes} bytes";
}
