using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Clusters;

/// <summary>One front-end, and calls to it.</summary>
public sealed class FrontEndPart : ClusterPart
{
    private readonly SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };
    private readonly string adminKey;

    public FrontEndPart(string name, string program, string origin, string adminOrigin, string adminKey, Dictionary<string, string> environment, string logFolder)
        : base(name, program, origin, environment, logFolder)
    {
        (Origin, AdminOrigin, this.adminKey) = (origin, adminOrigin, adminKey);
        Client = new HttpClient(handler) { BaseAddress = new Uri(origin), Timeout = TimeSpan.FromSeconds(60) };
        Admin = new HttpClient(handler, disposeHandler: false) { BaseAddress = new Uri(adminOrigin), Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Origin { get; }

    public string AdminOrigin { get; }

    /// <summary>Sends no credential of itself.</summary>
    public HttpClient Client { get; }

    /// <summary>To the admin address; sends no credential of itself.</summary>
    public HttpClient Admin { get; }

    /// <summary>Its id in the cluster; known once it was started.</summary>
    public string NodeId => File.ReadAllText(Path.Combine(Environment["DATA_DIR"], "node-id")).Trim();

    public async Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        return await Admin.SendAsync(request);
    }

    /// <summary>The JSON of an admin route that must answer 2xx.</summary>
    public async Task<JsonNode> AdminJsonAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var answer = await AdminAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Creates an API key. A 503, which a busy database may cause, is asked again as any client should: at worst there are two.</summary>
    public Task<(string Id, string Key)> CreateKeyAsync(string name) => CreateKeyAsync(new JsonObject { ["name"] = name });

    /// <summary>As <see cref="CreateKeyAsync(string)"/>, with the whole body of <c>POST /admin/keys</c>.</summary>
    public async Task<(string Id, string Key)> CreateKeyAsync(JsonObject body)
    {
        var created = await Eventually.ValueAsync(
            async () =>
            {
                using var answer = await AdminAsync(HttpMethod.Post, "/admin/keys", body);
                var text = await answer.Content.ReadAsStringAsync();
                return answer.StatusCode switch
                {
                    HttpStatusCode.Created => JsonNode.Parse(text),
                    HttpStatusCode.ServiceUnavailable => null,
                    var status => throw new InvalidOperationException($"POST /admin/keys: {(int)status} {text}"),
                };
            },
            "the key is created");
        return (created["id"]!.GetValue<string>(), created["key"]!.GetValue<string>());
    }

    public async Task<HttpResponseMessage> ChatAsync(string model, string key, bool stream = false, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Callers.ChatBody(model, stream), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Status of a unary chat call.</summary>
    public async Task<HttpStatusCode> ChatStatusAsync(string model, string key)
    {
        using var answer = await ChatAsync(model, key);
        return answer.StatusCode;
    }

    /// <summary>Status of <c>GET /v1/models</c>.</summary>
    public async Task<HttpStatusCode> ModelsStatusAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await Client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Words of <c>degraded</c> in <c>/health/ready</c>; null: it is not ready.</summary>
    public async Task<string[]?> DegradedAsync() => await HealthAsync("/health/ready") is { Status: HttpStatusCode.OK } answer
        ? [.. JsonNode.Parse(answer.Body)!["degraded"]!.AsArray().Select(word => word!.GetValue<string>())]
        : null;
}
