using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Gateway.Testing.Processes;

/// <summary>The gateway as its users run it: the built program, its own folder, a free port.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly TempFolder home;
    private readonly bool ownsHome;
    private readonly SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };
    private string? callerKey;

    private GatewayProcess(ChildProcess process, TempFolder home, bool ownsHome, string origin, string secureOrigin, string adminKey)
    {
        this.process = process;
        this.home = home;
        this.ownsHome = ownsHome;
        Origin = origin;
        SecureOrigin = secureOrigin;
        AdminKey = adminKey;
        Client = new HttpClient(handler) { BaseAddress = new Uri(origin), Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Origin { get; }

    /// <summary>The address with TLS; nobody is there without <see cref="GatewaySetup.Tls"/>.</summary>
    public string SecureOrigin { get; }

    public string AdminKey { get; }

    /// <summary>Sends no credential of itself, follows no redirect.</summary>
    public HttpClient Client { get; }

    public TempFolder Home => home;

    public ChildProcess Process => process;

    public string Output => process.AllOutput;

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(GatewaySetup setup)
    {
        var gateway = Launch(setup);
        try
        {
            await Eventually.TrueAsync(gateway.IsReadyAsync, "the gateway is ready", TimeSpan.FromSeconds(60));
            return gateway;
        }
        catch (Exception failure)
        {
            var output = gateway.Output;
            await gateway.DisposeAsync();
            throw new InvalidOperationException($"The gateway did not get ready ({failure.Message}). Its output:\n{output}");
        }
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static GatewayProcess Launch(GatewaySetup setup)
    {
        var home = setup.Home ?? new TempFolder();
        var port = FreePort.Next();
        var origin = $"http://127.0.0.1:{port}";
        var secureOrigin = $"https://127.0.0.1:{FreePort.Next()}";
        var adminKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = origin, ["DOTNET_NOLOGO"] = "1" };
        if (setup.WorkingFolder is null)
        {
            environment["GATEWAY_HOME"] = home.Path;
        }

        if (setup.WithAdminKey)
        {
            environment["GATEWAY_ADMIN_KEY"] = adminKey;
        }

        if (setup.Tls is { } tls)
        {
            environment["ASPNETCORE_URLS"] = $"{origin};{secureOrigin}";
            environment["GATEWAY_TLS_CERT_FILE"] = tls.Certificate;
            environment["GATEWAY_TLS_KEY_FILE"] = tls.Key;
        }

        if (setup.Manifest is { } manifest)
        {
            environment["METIS_STATUS_URL"] = home.Write("status.json", manifest);
        }

        if (setup.DotEnv is { } dotEnv)
        {
            home.Write(".env", dotEnv);
        }

        foreach (var (name, value) in setup.Environment)
        {
            environment[name] = value;
            origin = name == "ASPNETCORE_URLS" ? value : origin;
        }

        var process = ChildProcess.Start("dotnet", [GatewaySetup.Program, .. setup.Arguments], environment, Path.Combine(home.Path, setup.WorkingFolder ?? ""));
        return new GatewayProcess(process, home, ownsHome: setup.Home is null, origin, secureOrigin, adminKey);
    }

    public async Task<bool> IsReadyAsync()
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException($"It ended with exit code {process.ExitCode}.");
        }

        try
        {
            using var answer = await Client.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Calls an admin route with the admin key.</summary>
    public async Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path, JsonNode? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return await Client.SendAsync(request);
    }

    /// <summary>The JSON of an admin route that must answer 2xx.</summary>
    public async Task<JsonNode> AdminJsonAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var answer = await AdminAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Creates an API key; the answer of <c>POST /admin/keys</c>. A 503 is asked again under the same idempotency key, as any client should.</summary>
    public async Task<JsonNode> CreateKeyAsync(JsonObject body)
    {
        var idempotencyKey = Guid.NewGuid().ToString();
        return await Eventually.ValueAsync(
            async () =>
            {
                using var answer = await AdminAsync(HttpMethod.Post, "/admin/keys", body, idempotencyKey);
                var text = await answer.Content.ReadAsStringAsync();
                return answer.StatusCode switch
                {
                    HttpStatusCode.Created => JsonNode.Parse(text),
                    HttpStatusCode.ServiceUnavailable => null,
                    var status => throw new InvalidOperationException($"POST /admin/keys: {(int)status} {text}"),
                };
            },
            "the key is created");
    }

    /// <summary>An ordinary caller's key, made at first use.</summary>
    public async Task<string> CallerKeyAsync() => callerKey ??= (await CreateKeyAsync(new JsonObject { ["name"] = "caller" }))["key"]!.GetValue<string>();

    /// <summary>Fetches the manifest now; the answer of <c>GET /admin/manifest</c> afterwards.</summary>
    public async Task<JsonNode> RefreshManifestAsync()
    {
        (await AdminAsync(HttpMethod.Post, "/admin/manifest/refresh")).Dispose();
        return await AdminJsonAsync(HttpMethod.Get, "/admin/manifest");
    }

    public Task<int> StopAsync() => process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        handler.Dispose();
        await process.DisposeAsync();
        if (ownsHome)
        {
            home.Dispose();
        }
    }
}
