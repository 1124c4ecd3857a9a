namespace Gateway.Api.Streaming;

/// <summary>The media type of server-sent events.</summary>
internal static class EventStream
{
    public const string ContentType = "text/event-stream; charset=utf-8";

    private const string MediaType = "text/event-stream";

    /// <param name="contentType">As the upstream wrote it, parameters included.</param>
    public static bool IsLabelled(string? contentType) =>
        contentType is not null
        && contentType.AsSpan().Trim() is var text
        && text.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        && text[MediaType.Length..].TrimStart() is [] or [';', ..];
}
