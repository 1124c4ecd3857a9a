using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Conformance.Identity;

/// <summary>The npm package oidc-provider as a process of its own, and what programs do with it.</summary>
public sealed class OidcProvider : IAsyncDisposable
{
    public const string JwtResource = "urn:gateway:jwt";
    public const string OpaqueResource = "urn:gateway:opaque";
    public const string OtherResource = "urn:other";
    public const string GatewaySecret = "gateway secret+/=";

    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "test", "Conformance", "oidc");

    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private OidcProvider(ChildProcess process, string origin)
    {
        _process = process;
        Origin = origin;
        _client = new HttpClient { BaseAddress = new Uri(origin) };
    }

    public string Origin { get; }

    public static async Task<OidcProvider> StartAsync()
    {
        var node = ExternalTool.Require("node");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "oidc-provider")))
        {
            ExternalTool.RefuseOrSkip("needs the npm packages of test/Conformance/oidc (npm ci there, or eng/test.sh)");
        }

        var port = FreePort.Next();
        var process = ChildProcess.Start(node, ["server.mjs", $"{port}"], workingFolder: Folder);
        var provider = new OidcProvider(process, $"http://127.0.0.1:{port}");
        await Eventually.TrueAsync(() => process.StandardOutput.Contains("listening", StringComparison.Ordinal) || process.HasExited, "the provider listens", TimeSpan.FromSeconds(60));
        process.HasExited.Should().BeFalse(process.AllOutput);
        return provider;
    }

    /// <summary>Replaces the signing keys; the old ones are published no more.</summary>
    public async Task RotateAsync() => (await _client.PostAsync("/test/rotate", null)).EnsureSuccessStatusCode().Dispose();

    /// <summary>An access token of a program, by client credentials.</summary>
    public async Task<string> ProgramTokenAsync(string resource, string scope = "chat") =>
        (await TokensAsync("nightly", new() { ["grant_type"] = "client_credentials", ["resource"] = resource, ["scope"] = scope }))["access_token"]!.GetValue<string>();

    /// <summary>What the provider says of an opaque token when the gateway asks.</summary>
    public async Task<bool> IsActiveAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/token/introspection") { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"gateway:{Uri.EscapeDataString(GatewaySecret)}")));
        using var answer = await _client.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["active"]!.GetValue<bool>();
    }

    /// <param name="token">Any of its tokens.</param>
    /// <param name="client">Whose it is; those of the command line tool have no secret.</param>
    public async Task RevokeAsync(string token, string client = "app")
    {
        using var answer = await PostAsync("/token/revocation", client, new() { ["token"] = token });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Calls the token endpoint.</summary>
    internal async Task<JsonNode> TokensAsync(string client, Dictionary<string, string> form)
    {
        using var answer = await PostAsync("/token", client, form);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string client, Dictionary<string, string> form)
    {
        var isPublic = client.StartsWith("cli", StringComparison.Ordinal);
        if (isPublic)
        {
            form["client_id"] = client;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = isPublic ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{client}:{client}-secret")));
        return await _client.SendAsync(request);
    }
}
