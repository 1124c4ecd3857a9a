using System.Text;
using System.Text.RegularExpressions;
using Gateway.Process.Rigs;
using Gateway.Silo.Settings.Catalog;
using Gateway.Storage.Keys;

namespace Gateway.Process.Secrets;

/// <summary>Every secret setting there is, in processes that log all they can while things go wrong around them.</summary>
public sealed class EverySecretTests
{
    private static readonly string[] Everywhere =
        ["METIS_STATUS_AUTHORIZATION", "METIS_API_TOKENS", "METIS_API_HEADERS", "HTTPS_PROXY", "GATEWAY_ADMIN_KEY", "CLUSTER_SECRET"];

    private static readonly string[] WithIntrospection =
        [.. Everywhere, "Gateway:Introspection:ClientSecret", "SERVICE_ACCOUNT_SECRET", "GLOBUS_GROUP_MANAGER_SECRET", "GLOBUS_ENDPOINT_CREDENTIALS_OVERRIDES"];

    private static readonly string[] WithGlobus = [.. Everywhere, "GLOBUS_APPLICATION_SECRET"];
    private static readonly string[] InCluster = [.. Everywhere, "REDIS_URL", "DATABASE_URL"];

    private static readonly string AdminKey = SecretCanaries.Word("GATEWAY_ADMIN_KEY");
    private readonly StringBuilder shown = new();

    [Fact]
    public void No_secret_of_the_catalogue_is_forgotten()
    {
        var secrets = SettingCatalog.All.Where(setting => setting.Secret).Select(setting => setting.Name).ToList();

        SecretCanaries.Settings.Should().BeEquivalentTo(secrets);
        WithIntrospection.Union(WithGlobus).Union(InCluster).Should().BeEquivalentTo(secrets);
    }

    [Fact]
    public Task With_introspection_that_fails() => EmbeddedAsync(WithIntrospection, server => new()
    {
        ["Gateway__Introspection__Url"] = server + "/introspect",
        ["Gateway__Introspection__ClientId"] = "client",
    });

    [Fact]
    public Task With_Globus_that_fails() => EmbeddedAsync(WithGlobus, server => new()
    {
        ["GLOBUS_APPLICATION_ID"] = "11111111-2222-3333-4444-555555555555",
        ["GLOBUS_AUTH_URL"] = server,
        ["GLOBUS_GROUPS_URL"] = server,
    });

    [Fact]
    public async Task With_a_database_and_a_Redis_that_are_away()
    {
        using var home = new TempFolder();
        await using var echoing = ScriptedUpstream.Start(Echo());
        var environment = Environment(home, echoing, InCluster);
        environment["GATEWAY_ADMIN_URLS"] = $"http://127.0.0.1:{FreePort.Next()}";
        await using (var gateway = GatewayProcess.Launch(new GatewaySetup { Home = home, Environment = environment }))
        {
            using var admin = new HttpClient { BaseAddress = new Uri(environment["GATEWAY_ADMIN_URLS"]) };
            await Eventually.TrueAsync(() => AnswersAsync(gateway), "the front-end listens", TimeSpan.FromSeconds(60));
            foreach (var path in (string[])["/health/ready", "/v1/models", "/v1/me/keys"])
            {
                await ShowAsync(gateway.GetAsync(path, ApiKeyText.Create()));
            }

            foreach (var path in (string[])["/admin/keys", "/admin/cluster", "/admin/manifest"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Authorization", "Bearer " + AdminKey } } };
                await ShowAsync(admin.SendAsync(request));
            }

            await ShowAsync(gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("fine"), ApiKeyText.Create()));
            await gateway.StopAsync();
            shown.Append(gateway.Output);
        }

        await ExpectNoneAsync(home, environment);
    }

    private async Task EmbeddedAsync(string[] secrets, Func<string, Dictionary<string, string>> identity)
    {
        using var home = new TempFolder();
        await using var echoing = ScriptedUpstream.Start(Echo());
        var environment = Environment(home, echoing, secrets);
        foreach (var (name, value) in identity(echoing.Origin))
        {
            environment[name] = value;
        }

        string callerKey;
        await using (var gateway = await GatewayProcess.StartAsync(new GatewaySetup { Home = home, Environment = environment }))
        {
            callerKey = await UseAsync(gateway);
            echoing.Requests.Should().Contain(request => request["Authorization"] == "Bearer " + SecretCanaries.Word("METIS_API_TOKENS") && request["X-Extra"] == SecretCanaries.Word("METIS_API_HEADERS"));
            echoing.Requests.Should().Contain(request => request["Authorization"]!.StartsWith("Basic ", StringComparison.Ordinal), "the identity server was asked");
            await gateway.StopAsync();
            shown.Append(gateway.Output);
        }

        await ExpectNoneAsync(home, environment, callerKey);
    }

    private async Task<string> UseAsync(GatewayProcess gateway)
    {
        using var created = await gateway.PostAsync("/admin/keys", """{"name":"caller"}""", AdminKey);
        var key = JsonNode.Parse(await created.Content.ReadAsStringAsync())!["key"]!.GetValue<string>();
        using var description = await gateway.GetAsync("/openapi/v1.json", AdminKey);
        foreach (var path in ReadPaths(await description.Content.ReadAsStringAsync()))
        {
            await ShowAsync(gateway.GetAsync(path, AdminKey));
            await ShowAsync(gateway.GetAsync(path, key));
        }

        foreach (var model in (string[])["fine", "refusing", "strict", "failing", "proxied", "unknown"])
        {
            await ShowAsync(gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), key));
            await ShowAsync(gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model, stream: true), key));
        }

        foreach (var token in (string[])["opaque-token-1234567890", ApiKeyText.Create(), "gw-wrong", AdminKey + "x"])
        {
            await ShowAsync(gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("fine"), token));
            await ShowAsync(gateway.GetAsync("/admin/keys", token));
        }

        await ShowAsync(gateway.PostAsync("/admin/keys", "{not json", AdminKey));
        await ShowAsync(gateway.PostAsync("/admin/manifest/refresh", "", AdminKey));
        return key;
    }

    // From what the program says it has, so that a new route is asked as well; and those that it does not describe.
    private static IEnumerable<string> ReadPaths(string description) => JsonNode.Parse(description)!["paths"]!.AsObject()
        .Where(path => path.Value!["get"] is not null)
        .Select(path => Regex.Replace(path.Key, "{[^}]*}", "one", RegexOptions.None, TimeSpan.FromSeconds(1)))
        .Concat(["/", "/health/ready", "/health/live", "/metrics", "/dashboard", "/resource_server/status", "/no/such/route"]).Distinct();

    private static Dictionary<string, string> Environment(TempFolder home, ScriptedUpstream upstream, string[] secrets)
    {
        var environment = new Dictionary<string, string>
        {
            ["METIS_STATUS_URL"] = upstream.Origin + "/status.json",
            ["METIS_REFRESH_SECONDS"] = "1",
            ["GATEWAY_LOG_FILE"] = home.File("logs/gateway.log"),
            ["Gateway__Log__Level"] = "trace",
            ["Logging__LogLevel__Default"] = "Trace",
            ["Logging__LogLevel__System"] = "Trace",
            ["Logging__LogLevel__Microsoft"] = "Trace",
        };
        SecretCanaries.Apply(environment, secrets);
        return environment;
    }

    // Repeats every credential that it was given, as some servers do in their errors.
    private static UpstreamReply Echo() => exchange =>
    {
        var request = exchange.Request;
        var echo = $"{request["Authorization"]} {request["X-Extra"]} {request.BodyText}";
        return (request.Path, request.Model) switch
        {
            ("/status.json", _) => Replies.Json(200, new JsonObject
            {
                ["one"] = ManifestEntries.Live($"http://{request["Host"]}/v1", "account", "fine", "refusing", "strict", "failing"),
                ["two"] = ManifestEntries.Live("https://proxied.example.org/v1", "proxied", "proxied"),
                ["three"] = ManifestEntries.Live("http://169.254.169.254/v1", "account", "never"),
            }.ToJsonString())(exchange),
            (_, "fine") => Replies.OpenAi()(exchange),
            (_, "refusing") => Replies.Json(401, OpenAiBodies.Error(echo), ("x-key", echo.Split('\n')[0]))(exchange),
            (_, "strict") => Replies.Json(400, OpenAiBodies.Error(echo))(exchange),
            _ => Replies.Json(500, OpenAiBodies.Error(echo), ("x-echo", request["Authorization"] ?? ""))(exchange),
        };
    };

    private static async Task<bool> AnswersAsync(GatewayProcess gateway)
    {
        try
        {
            using var answer = await gateway.Client.GetAsync("/health/live");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task ShowAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        try
        {
            shown.Append(response).Append(await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException cut)
        {
            shown.Append(cut.Message);
        }
    }

    private async Task ExpectNoneAsync(TempFolder home, Dictionary<string, string> environment, params string[] others)
    {
        await using (var check = ChildProcess.Start("dotnet", [GatewaySetup.Program, "check"], new Dictionary<string, string>(environment) { ["GATEWAY_HOME"] = home.Path, ["DATA_DIR"] = home.File("checked") }, home.Path))
        {
            await check.ExitAsync(TimeSpan.FromSeconds(60));
            check.AllOutput.Should().Contain("manifest metis", "it did check");
            shown.Append(check.AllOutput);
        }

        shown.Length.Should().BeGreaterThan(10_000, "a trace is long");
        SecretCanaries.ExpectNone(shown.ToString(), "what the process said and answered", others);
        foreach (var file in Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            SecretCanaries.ExpectNone(Encoding.Latin1.GetString(bytes), file, others);
            SecretCanaries.ExpectNone(Encoding.Unicode.GetString(bytes), file, others);
        }
    }
}
