using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Api.Http;
using Gateway.Api.Http.Browsers;

namespace Gateway.Api.Errors;

/// <summary>Writes a <see cref="GatewayError"/> in the dialect that the caller speaks.</summary>
public static class ErrorWriter
{
    internal const string ResetAt = "reset_at";

    public static async Task WriteAsync(HttpContext context, GatewayError error)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            // Part of another answer is out: only a broken connection tells that it is not whole.
            context.Abort();
            return;
        }

        response.StatusCode = error.Status;
        WriteHeaders(response.Headers, error);

        // A provider chooses the type of its own error; it is never a page.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = SecurityHeaders.NothingAllowed;
        var body = error.Provider?.Body ?? Serialize(context, error);
        response.ContentType = error.Provider is { } provider ? provider.ContentType : "application/json";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>The body <c>{"error":{…}}</c>; also what an in-band stream error carries.</summary>
    public static JsonObject ToJson(GatewayError error)
    {
        var inner = new JsonObject
        {
            ["message"] = error.Message,
            ["type"] = error.Type,
            ["param"] = error.Param,
            ["code"] = error.Code,
        };
        if (error.ResetAt is { } resetAt)
        {
            inner[ResetAt] = Text(resetAt);
        }

        return new JsonObject { ["error"] = inner };
    }

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static byte[] Serialize(HttpContext context, GatewayError error) => JsonSerializer.SerializeToUtf8Bytes(
        AnthropicErrors.Speaks(context.Request) ? AnthropicErrors.ToJson(error, context.TraceIdentifier) : ToJson(error));

    private static void WriteHeaders(IHeaderDictionary headers, GatewayError error)
    {
        if (error.RetryAfter is { } wait)
        {
            headers.RetryAfter = HeaderNumbers.OfCount(Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)));
        }

        if (error.ShouldRetry is false)
        {
            headers[GatewayHeaders.ShouldRetry] = "false";
        }

        if (error.Challenge is { } challenge)
        {
            headers.WWWAuthenticate = challenge;
        }

        if (error.Allow is { } allow)
        {
            headers.Allow = allow;
        }

        if (error.AcceptEncoding is { } codings)
        {
            headers.AcceptEncoding = codings;
        }
    }
}
