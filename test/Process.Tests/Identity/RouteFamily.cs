namespace Gateway.Process.Identity;

/// <summary>One route of each kind that somebody must sign in for.</summary>
public static class RouteFamily
{
    public static readonly string[] Inference =
    [
        "POST /v1/chat/completions",
        "POST /v1/completions",
        "POST /v1/embeddings",
        "POST /v1/responses",
        "POST /chat/completions",
        "POST /openai/deployments/MODEL/chat/completions?api-version=2024-10-21",
        "POST /openai/v1/chat/completions",
        "POST /resource_server/metis/api/v1/chat/completions",
        "POST /resource_server/v1/chat/completions",
    ];

    public static readonly string[] Listings =
    [
        "GET /v1/models",
        "GET /openai/v1/models",
        "GET /resource_server/list-endpoints",
        "GET /resource_server/metis/jobs",
        "GET /resource_server/metis/models",
        "GET /resource_server/metis/api/v1/models",
    ];

    public static readonly string[] Others = ["GET /v1/models/MODEL", "GET /resource_server/whoami", "GET /v1/me", "GET /v1/me/keys", "POST /v1/me/keys"];

    public static readonly string[] Admin =
    [
        "GET /admin/endpoints",
        "GET /admin/manifest",
        "POST /admin/manifest/refresh",
        "GET /admin/keys",
        "POST /admin/keys",
        "GET /admin/audit",
        "GET /admin/cluster",
        "GET /admin/endpoints/MODEL/override",
        "PUT /admin/endpoints/MODEL/override",
        "DELETE /admin/endpoints/MODEL/override",
        "PUT /admin/endpoints/MODEL/origin",
        "GET /openapi/v1.json",
    ];

    public static readonly string[] All = [.. Inference, .. Listings, .. Others, .. Admin];

    /// <summary>Calls the route; null credential: none is sent.</summary>
    public static async Task<HttpResponseMessage> CallAsync(this GatewayProcess gateway, string route, string model, string? credential, Action<HttpRequestMessage>? configure = null)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("MODEL", model, StringComparison.Ordinal));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
        {
            request.Content = new StringContent(
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}],"prompt":"hi","input":"hi"}""", System.Text.Encoding.UTF8, "application/json");
        }

        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
        }

        configure?.Invoke(request);
        return await gateway.Client.SendAsync(request);
    }
}
