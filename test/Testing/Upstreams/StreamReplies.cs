using System.Text;

namespace Gateway.Testing.Upstreams;

/// <summary>Scripts for streamed answers, whole and cut.</summary>
public static class StreamReplies
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n";

    public const string ChunkedHead = Head + "Transfer-Encoding: chunked\r\n\r\n";

    public const string CloseDelimitedHead = Head + "Connection: close\r\n\r\n";

    /// <summary>What <see cref="Cut"/> sends.</summary>
    public const string TextBeforeCut = "Hello";

    private static readonly string[] SomeEvents = [OpenAiBodies.Delta(TextBeforeCut[..3]), OpenAiBodies.Delta(TextBeforeCut[3..])];

    /// <summary>A whole chat stream; its usage chunk only when asked for, as OpenAI does it.</summary>
    public static UpstreamReply Chat(string content = "Hello!") => exchange =>
    {
        var model = exchange.Request.Model ?? "m";
        var events = content.Select(letter => OpenAiBodies.Delta(letter.ToString(), model)).Append(OpenAiBodies.Finish(model)).ToList();
        if (exchange.Request.BodyText.Contains("\"include_usage\":true", StringComparison.Ordinal))
        {
            events.Add(OpenAiBodies.UsageChunk(model));
        }

        return Events([.. events, OpenAiBodies.Done])(exchange);
    };

    public static UpstreamReply ResponsesEvents() => Events(
        "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\"}}\n\n",
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"Hello!\"}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"completed\"}}\n\n");

    /// <summary>One chunk per event, ended properly.</summary>
    public static UpstreamReply Events(params string[] events) => Chunks(events.Select(Encoding.UTF8.GetBytes).ToArray());

    public static UpstreamReply Chunks(params byte[][] chunks) => async exchange =>
    {
        await exchange.WriteAsync(ChunkedHead);
        foreach (var chunk in chunks)
        {
            await exchange.WriteChunkAsync(chunk);
        }

        await exchange.WriteAsync("0\r\n\r\n");
    };

    public static UpstreamReply Cut(StreamCut cut) => async exchange =>
    {
        await exchange.WriteAsync(cut == StreamCut.CloseDelimitedEnd ? CloseDelimitedHead : ChunkedHead);
        foreach (var text in SomeEvents)
        {
            await (cut == StreamCut.CloseDelimitedEnd ? exchange.WriteAsync(text) : exchange.WriteChunkAsync(Encoding.UTF8.GetBytes(text)));
        }

        // What was sent must be with the gateway before the cut: an RST overtakes unread bytes.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, exchange.Stopping);
        switch (cut)
        {
            case StreamCut.Reset:
                exchange.Reset();
                break;
            case StreamCut.FinInsideChunk:
                await exchange.WriteAsync("400\r\ndata: {\"id\":\"chatcmpl-1\",");
                exchange.Finish();
                break;
            case StreamCut.CloseDelimitedEnd:
                exchange.Finish();
                break;
            case StreamCut.CleanEndWithoutMarker:
                await exchange.WriteAsync("0\r\n\r\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(cut));
        }
    };
}

/// <summary>The ways in which a stream stops before it is complete.</summary>
public enum StreamCut
{
    Reset,
    FinInsideChunk,
    CloseDelimitedEnd,
    CleanEndWithoutMarker,
}
