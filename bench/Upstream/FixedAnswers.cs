using System.Text;

namespace Gateway.Upstream;

/// <summary>Whole HTTP answers as bytes.</summary>
internal static class FixedAnswers
{
    /// <summary>Chunks of a streamed answer.</summary>
    public const int Chunks = 50;

    public static readonly byte[] Unary = MakeUnary();

    public static readonly byte[] StreamHead = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");

    public static readonly byte[][] StreamChunks = MakeChunks();

    private static byte[] MakeUnary()
    {
        var text = string.Join(' ', Enumerable.Repeat("benchmark", 40));
        var body = $$$"""{"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":40,"total_tokens":50}}""";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static byte[][] MakeChunks()
    {
        var events = Enumerable.Range(0, Chunks - 2)
            .Select(n => $$"""{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,"delta":{"content":"word{{n}} "},"finish_reason":null}]}""")
            .Append("""{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""")
            .Append("[DONE]")
            .Select(data => $"data: {data}\n\n");
        var chunks = events.Select(text => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n")).ToArray();
        chunks[^1] = [.. chunks[^1], .. "0\r\n\r\n"u8];
        return chunks;
    }
}
