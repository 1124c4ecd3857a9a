using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Api.Tests.Authentication;

namespace Gateway.Api.Tests.Management.Keys;

/// <summary>Calls to the management routes as an administrator makes them.</summary>
internal sealed class KeyClient(IdentityHost host, string? credential = IdentityHost.AdminKey)
{
    public Task<Answer> PostAsync(string body, string? idempotencyKey = null) => PostToAsync("/admin/keys", body, idempotencyKey);

    public Task<Answer> PostToAsync(string path, string? body = null, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, path, body, request =>
        {
            if (idempotencyKey is not null)
            {
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            }
        });

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PatchAsync(string id, string body, string? ifMatch = null) =>
        SendAsync(HttpMethod.Patch, "/admin/keys/" + id, body, request => Condition(request, ifMatch));

    public Task<Answer> DeleteOwnAsync(string id, string? ifMatch = null) => DeleteFromAsync("/v1/me/keys/" + id, ifMatch);

    public Task<Answer> DeleteAsync(string id, string? ifMatch = null) => DeleteFromAsync("/admin/keys/" + id, ifMatch);

    private Task<Answer> DeleteFromAsync(string path, string? ifMatch) => SendAsync(HttpMethod.Delete, path, null, request => Condition(request, ifMatch));

    private static void Condition(HttpRequestMessage request, string? ifMatch)
    {
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = credential is null ? null : new AuthenticationHeaderValue("Bearer", credential);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        configure?.Invoke(request);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer((int)response.StatusCode, text, response.Headers.ETag?.ToString(), response.Headers.Contains("Idempotent-Replayed")) { RetryAfter = response.Headers.RetryAfter?.Delta };
    }
}

internal sealed record Answer(int Status, string Text, string? ETag, bool IsReplay)
{
    public TimeSpan? RetryAfter { get; init; }

    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Id => (string)Json["id"]!;

    public string Key => (string)Json["key"]!;

    public string? Param => (string?)Json["error"]!["param"];

    public string? Code => (string?)Json["error"]!["code"];
}
