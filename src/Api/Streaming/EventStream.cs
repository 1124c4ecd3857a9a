using System.Net.Http.Headers;

namespace Gateway.Api.Streaming;

/// <summary>The media type of server-sent events.</summary>
internal static class EventStream
{
    public const string ContentType = "text/event-stream; charset=utf-8";

    public static bool IsLabelled(HttpContentHeaders headers) =>
        string.Equals(headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
}
