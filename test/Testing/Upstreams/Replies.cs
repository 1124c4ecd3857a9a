using System.Text;

namespace Gateway.Testing.Upstreams;

/// <summary>Scripts for whole answers and for the ways to have none.</summary>
public static class Replies
{
    /// <summary>A well-behaved OpenAI-compatible API: unary or streamed as asked.</summary>
    public static UpstreamReply OpenAi(string content = "Hello!") => exchange =>
    {
        var request = exchange.Request;
        var model = request.Model ?? "m";
        if (request.Stream)
        {
            return (request.Path.EndsWith("/responses", StringComparison.Ordinal) ? StreamReplies.ResponsesEvents() : StreamReplies.Chat(content))(exchange);
        }

        var body = request.Path switch
        {
            var path when path.EndsWith("/chat/completions", StringComparison.Ordinal) => OpenAiBodies.Chat(model, content),
            var path when path.EndsWith("/completions", StringComparison.Ordinal) => OpenAiBodies.Completion(model),
            var path when path.EndsWith("/embeddings", StringComparison.Ordinal) => OpenAiBodies.Embedding(model),
            var path when path.EndsWith("/responses", StringComparison.Ordinal) => OpenAiBodies.Response(model),
            _ => null,
        };
        return body is null ? Json(404, OpenAiBodies.Error("no such route", "invalid_request_error", "not_found"))(exchange) : Json(200, body)(exchange);
    };

    public static UpstreamReply Json(int status, string body, params (string Name, string Value)[] headers) =>
        Bytes(status, "application/json", Encoding.UTF8.GetBytes(body), headers);

    public static UpstreamReply Bytes(int status, string contentType, byte[] body, params (string Name, string Value)[] headers) => async exchange =>
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Scripted\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        await exchange.WriteAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()).Concat(body).ToArray());
    };

    /// <summary>An error as providers word it.</summary>
    public static UpstreamReply Status(int status, params (string Name, string Value)[] headers) =>
        Json(status, OpenAiBodies.Error($"scripted {status}"), headers);

    public static UpstreamReply Reset() => exchange =>
    {
        exchange.Reset();
        return Task.CompletedTask;
    };

    public static UpstreamReply Close() => exchange =>
    {
        exchange.Finish();
        return Task.CompletedTask;
    };

    /// <summary>Takes the request and never answers.</summary>
    public static UpstreamReply Hang() => exchange => exchange.UntilClientLeavesAsync();

    /// <summary>A 200 whose head arrives and whose body is cut by an RST.</summary>
    public static UpstreamReply ResetInBody() => async exchange =>
    {
        await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":\"chatcmpl-1\",");
        exchange.Reset();
    };

    public static UpstreamReply After(TimeSpan delay, UpstreamReply then) => async exchange =>
    {
        await Task.Delay(delay, TimeProvider.System, exchange.Stopping);
        await then(exchange);
    };

    public static UpstreamReply When(Task signal, UpstreamReply then) => async exchange =>
    {
        await signal.WaitAsync(exchange.Stopping);
        await then(exchange);
    };

    /// <summary>One reply after the other; the last one stays.</summary>
    public static UpstreamReply Sequence(params UpstreamReply[] replies)
    {
        var next = -1;
        return exchange => replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)](exchange);
    }

    public static UpstreamReply ByModel(IReadOnlyDictionary<string, UpstreamReply> replies) => exchange =>
        replies[exchange.Request.Model ?? throw new InvalidOperationException("The request names no model.")](exchange);
}
