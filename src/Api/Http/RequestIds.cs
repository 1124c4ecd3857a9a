using System.Buffers;

namespace Gateway.Api.Http;

/// <summary>Gives every request its own id and echoes the caller's, also on answers that no route produced.</summary>
/// <remarks>
/// Ours is <see cref="HttpContext.TraceIdentifier"/>, so that every log scope and every part names the request by it. The
/// caller's is only echoed and logged: whoever sends a constant one must not be able to mix requests up.
/// </remarks>
public static class RequestIds
{
    public const int MaxClientIdLength = 128;

    private static readonly SearchValues<char> VisibleAscii = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)]);

    public static IApplicationBuilder UseRequestIds(this IApplicationBuilder app)
    {
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(next => context =>
        {
            Assign(context, time);
            return next(context);
        });
    }

    /// <summary>The caller's <c>x-request-id</c> when it is 1 to 128 visible ASCII characters, else null.</summary>
    public static string? ClientId(HttpContext context) =>
        context.Request.Headers.TryGetValue(GatewayHeaders.RequestId, out var values)
            && values.Count == 1 && values[0] is { } id && IsToken(id, MaxClientIdLength) ? id : null;

    /// <summary>True for 1 to <paramref name="maxLength"/> visible ASCII characters.</summary>
    public static bool IsToken(ReadOnlySpan<char> text, int maxLength) =>
        !text.IsEmpty && text.Length <= maxLength && !text.ContainsAnyExcept(VisibleAscii);

    private static void Assign(HttpContext context, TimeProvider time)
    {
        context.TraceIdentifier = RequestIdSource.Next(time.GetUtcNow());
        Write(context);
    }

    /// <summary>Sets both headers; again after something cleared the response.</summary>
    public static void Write(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers[GatewayHeaders.GatewayRequestId] = context.TraceIdentifier;
        headers[GatewayHeaders.RequestId] = ClientId(context) ?? context.TraceIdentifier;
    }
}
