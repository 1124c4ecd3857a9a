using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Testing.Processes;

/// <summary>Calls as a plain HTTP client makes them.</summary>
public static class Callers
{
    public static string ChatBody(string model, bool stream = false) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello from FIRST!"}],"stream":{{(stream ? "true" : "false")}}}""";

    public static Task<HttpResponseMessage> ChatAsync(this GatewayProcess gateway, string model, bool stream = false, CancellationToken cancellationToken = default) =>
        gateway.PostAsync("/v1/chat/completions", ChatBody(model, stream), cancellationToken: cancellationToken);

    /// <summary>Posts JSON with the ordinary caller's key, or with <paramref name="key"/>; answers as soon as the headers are there.</summary>
    public static async Task<HttpResponseMessage> PostAsync(this GatewayProcess gateway, string path, string body, string? key = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? await gateway.CallerKeyAsync());
        return await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public static async Task<HttpResponseMessage> GetAsync(this GatewayProcess gateway, string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? await gateway.CallerKeyAsync());
        return await gateway.Client.SendAsync(request);
    }

    /// <summary>The value of a response header as it was sent; null when absent.</summary>
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;
}
