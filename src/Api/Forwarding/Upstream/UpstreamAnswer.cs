using System.Globalization;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Reads an upstream's headers without having them parsed and stored again.</summary>
internal static class UpstreamAnswer
{
    private static readonly string[] IdHeaders = ["x-request-id", "request-id", "apim-request-id"];

    /// <summary>
    /// True if it is certain where the body ends (RFC 9112, 6.3). The transport takes the first of several lengths, waits
    /// for the end of the connection where it cannot read one, and undoes no coding but chunks.
    /// </summary>
    public static bool IsFramed(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.TryGetValues("Transfer-Encoding", out var codings))
        {
            foreach (var coding in codings)
            {
                if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
            }
        }

        if (IsChunked(response) || !response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths))
        {
            return true;
        }

        var length = ContentLength(response);
        foreach (var text in lengths)
        {
            if (length is null || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var other) || other != length)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The length that the transport holds the body to. Null: none; chunks override one.</summary>
    public static long? ContentLength(HttpResponseMessage response) => IsChunked(response) ? null : response.Content.Headers.ContentLength;

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
        !IsChunked(response) && ContentLength(response) is null;

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

    /// <summary>Parsed already: the transport has asked the same.</summary>
    private static bool IsChunked(HttpResponseMessage response) => response.Headers.TransferEncodingChunked is true;

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
