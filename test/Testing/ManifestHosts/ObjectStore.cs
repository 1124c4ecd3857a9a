using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.ManifestHosts;

/// <summary>A host like S3: strong ETag, Last-Modified, 304, and optionally a 307 to another place.</summary>
public sealed class ObjectStore : IAsyncDisposable
{
    private readonly ScriptedUpstream server;
    private readonly string lastModified = TimeProvider.System.GetUtcNow().AddMinutes(-5).ToString("R", CultureInfo.InvariantCulture);
    private volatile string json;

    private ObjectStore(string json)
    {
        this.json = json;
        server = ScriptedUpstream.Start(AnswerAsync);
    }

    public string Origin => server.Origin;

    /// <summary>Redirects here, method and all, before it serves anything; null: it serves.</summary>
    public string? RedirectTo { get; set; }

    public string Json
    {
        get => json;
        set => json = value;
    }

    public IReadOnlyCollection<ReceivedRequest> Requests => server.Requests;

    /// <summary>Answers of 304.</summary>
    public int NotModified { get; private set; }

    /// <summary>Replaces the store's behaviour, for hosts that fail.</summary>
    public UpstreamReply Reply
    {
        get => server.Reply;
        set => server.Reply = value;
    }

    public UpstreamReply Healthy => AnswerAsync;

    public static ObjectStore Start(string json) => new(json);

    public void StopListening() => server.StopListening();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task AnswerAsync(UpstreamExchange exchange)
    {
        if (RedirectTo is { } target)
        {
            return Replies.Json(307, "", ("Location", target))(exchange);
        }

        var body = Encoding.UTF8.GetBytes(json);
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))}\"";
        if (exchange.Request["If-None-Match"] == etag)
        {
            NotModified++;
            return exchange.WriteAsync($"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nLast-Modified: {lastModified}\r\n\r\n");
        }

        return Replies.Bytes(200, "application/octet-stream", body, ("ETag", etag), ("Last-Modified", lastModified), ("Server", "AmazonS3"))(exchange);
    }
}
