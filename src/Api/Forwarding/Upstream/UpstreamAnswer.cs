using System.Globalization;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Reads an upstream's headers without having them parsed and stored again.</summary>
internal static class UpstreamAnswer
{
    private static readonly string[] IdHeaders = ["x-request-id", "request-id", "apim-request-id"];

    public static long? ContentLength(HttpResponseMessage response) =>
        First(response.Content.Headers, "Content-Length") is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    /// <summary>Null: none, or one that may not be sent on.</summary>
    public static string? ContentType(HttpResponseMessage response) => Sendable(First(response.Content.Headers, "Content-Type"));

    /// <inheritdoc cref="ContentType"/>
    public static string? ContentEncoding(HttpResponseMessage response) => Sendable(First(response.Content.Headers, "Content-Encoding"));

    /// <summary>The body cannot be read as it is, although no encoding was asked for.</summary>
    public static bool IsEncoded(HttpResponseMessage response)
    {
        if (response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values))
        {
            foreach (var value in values)
            {
                if (value.AsSpan().Trim() is { IsEmpty: false } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The body has no length and no framing: only the end of the connection ends it.</summary>
    public static bool EndsWithConnection(HttpResponseMessage response) =>
        ContentLength(response) is null && First(response.Headers, "Transfer-Encoding") is null;

    /// <summary>Null: none, or one that is no plain token.</summary>
    public static string? RequestId(HttpResponseMessage response)
    {
        foreach (var name in IdHeaders)
        {
            if (First(response.Headers, name) is { } id)
            {
                return RequestIds.IsToken(id, RequestIds.MaxClientIdLength) ? id : null;
            }
        }

        return null;
    }

    /// <summary>How long the upstream asks to be left alone; null: it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) =>
        First(response.Headers, "retry-after-ms") is { } milliseconds && RetryAfterHeader.ParseMilliseconds(milliseconds) is { } fine ? fine
        : First(response.Headers, "Retry-After") is { } text ? RetryAfterHeader.Parse(text, now)
        : null;

    private static string? Sendable(string? value) => value is not null && CallerHeaders.IsSendable(value) ? value : null;

    private static string? First(System.Net.Http.Headers.HttpHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                return value;
            }
        }

        return null;
    }
}
