using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Testing.Processes;

/// <summary>Many calls of one caller at once, over a bounded number of connections to each address.</summary>
public sealed class Burst : IDisposable
{
    private readonly IReadOnlyList<string> origins;
    private readonly string key;
    private readonly HttpClient client;
    private int next;

    /// <param name="connections">To all addresses together.</param>
    public Burst(IReadOnlyList<string> origins, string key, int connections)
    {
        (this.origins, this.key) = (origins, key);
        var handler = new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Math.Max(1, connections / origins.Count) };
        client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Sends this many calls, by turns to each address.</summary>
    /// <param name="body">By number of the call.</param>
    public async Task<CallAnswer[]> SendAsync(int calls, Func<int, string> body, Action<HttpRequestHeaders>? addHeaders = null) =>
        await Task.WhenAll(Enumerable.Range(0, calls).Select(number => SendAsync(body(number), addHeaders)));

    public Task<CallAnswer[]> SendAsync(int calls, string model) => SendAsync(calls, _ => Callers.ChatBody(model));

    /// <summary>One call, read to its end.</summary>
    public async Task<CallAnswer> SendAsync(string body, Action<HttpRequestHeaders>? addHeaders = null)
    {
        var origin = origins[(Interlocked.Increment(ref next) & int.MaxValue) % origins.Count];
        using var request = new HttpRequestMessage(HttpMethod.Post, origin + "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        addHeaders?.Invoke(request.Headers);
        string? id = null;
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            id = answer.Header("x-gateway-request-id");
            return new CallAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync(), id) { RetryAfter = answer.Headers.RetryAfter?.Delta, ShouldRetry = answer.Header("x-should-retry") };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return new CallAnswer(null, failure.GetBaseException().Message, id);
        }
    }

    public void Dispose() => client.Dispose();
}

/// <param name="Status">Null: no answer, or not all of it.</param>
/// <param name="Id">The gateway's id of the request; null: no head of an answer came.</param>
public sealed record CallAnswer(HttpStatusCode? Status, string Body, string? Id)
{
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Header <c>x-should-retry</c>.</summary>
    public string? ShouldRetry { get; init; }

    public string? ErrorCode => JsonNode.Parse(Body)?["error"]?["code"]?.GetValue<string>();
}
