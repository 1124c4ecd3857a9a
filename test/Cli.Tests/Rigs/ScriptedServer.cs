using System.Collections.Concurrent;
using System.Net;

namespace Gateway.Cli.Rigs;

/// <summary>A server whose routes a test scripts one by one; all others are 404.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, UpstreamReply> _routes = new();
    private readonly ScriptedUpstream _server;

    public ScriptedServer() => _server = ScriptedUpstream.Start(exchange =>
        (_routes.GetValueOrDefault($"{exchange.Request.Method} {exchange.Request.Path}") ?? Replies.Json(404, """{"error":{"message":"There is no route.","code":"not_found"}}"""))(exchange));

    public string Origin => _server.Origin;

    public IReadOnlyCollection<ReceivedRequest> Requests => _server.Requests;

    /// <param name="route">Like <c>GET /v1/me</c>.</param>
    public UpstreamReply this[string route]
    {
        set => _routes[route] = value;
    }

    public void Answer(string route, string json, int status = 200, params (string Name, string Value)[] headers) => this[route] = Replies.Json(status, json, headers);

    public IReadOnlyList<ReceivedRequest> RequestsTo(string path) => [.. Requests.Where(request => request.Path == path)];

    public void StopListening() => _server.StopListening();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>The fields of a posted form.</summary>
    public static Dictionary<string, string> Form(ReceivedRequest request) => request.BodyText.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]));
}
