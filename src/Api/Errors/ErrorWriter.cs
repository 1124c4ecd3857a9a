using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Api.Errors;

/// <summary>Writes a <see cref="GatewayError"/> as OpenAI's error object.</summary>
public static class ErrorWriter
{
    public static Task WriteAsync(HttpContext context, GatewayError error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        var headers = response.Headers;
        if (error.RetryAfter is { } wait)
        {
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (error.ShouldRetry is false)
        {
            headers["x-should-retry"] = "false";
        }

        if (error.Challenge is { } challenge)
        {
            headers.WWWAuthenticate = challenge;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(ToJson(error));
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
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
            inner["reset_at"] = resetAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        return new JsonObject { ["error"] = inner };
    }
}
