using System.Text;
using Gateway.Process.Rigs;

namespace Gateway.Process.Secrets;

public sealed class CanaryTests
{
    private const string ProviderKey = "sk-canary-provider-7f3a9b";
    private const string HeaderSecret = "canary-header-51c2d8";
    private const string ManifestSecret = "canary-manifest-90be44";

    [Fact]
    public async Task A_providers_key_is_found_in_no_log_header_error_listing_or_data_file()
    {
        using var home = new TempFolder();
        // A provider that repeats the key it was given, as some do in their errors.
        await using var echoing = ScriptedUpstream.Start(exchange => exchange.Request.Model switch
        {
            "fine" => Replies.OpenAi()(exchange),
            "refusing" => Replies.Json(401, OpenAiBodies.Error($"Incorrect API key provided: {exchange.Request["Authorization"]}"), ("x-key", ProviderKey))(exchange),
            "strict" => Replies.Json(400, OpenAiBodies.Error($"bad request to http://{exchange.Request["Host"]}/v1 with {exchange.Request["Authorization"]}"), ("x-key", ProviderKey))(exchange),
            _ => Replies.Status(500, ("x-key", ProviderKey))(exchange),
        });
        await using var host = Testing.ManifestHosts.ObjectStore.Start(new JsonObject
        {
            ["one"] = ManifestEntries.Live(echoing.Url, "account", "fine", "refusing", "strict", "failing"),
        }.ToJsonString());
        var shown = new StringBuilder();
        await using (var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = home,
            Environment =
            {
                ["METIS_STATUS_URL"] = host.Origin + "/status.json",
                ["METIS_STATUS_AUTHORIZATION"] = "Bearer " + ManifestSecret,
                ["METIS_API_TOKENS"] = $$"""{"account":"{{ProviderKey}}"}""",
                ["METIS_API_HEADERS"] = $$$"""{"account":{"X-Extra":"{{{HeaderSecret}}}"}}""",
                ["GATEWAY_LOG_FILE"] = home.File("logs/gateway.log"),
                ["Logging__LogLevel__Default"] = "Trace",
            },
        }))
        {
            await CollectAsync(gateway, shown);
            echoing.Requests.Should().Contain(request => request["Authorization"] == "Bearer " + ProviderKey && request["X-Extra"] == HeaderSecret);
            var key = await gateway.CallerKeyAsync();
            await gateway.StopAsync();
            shown.Append(gateway.Output);
            shown.ToString().Should().NotContain(key).And.NotContain(gateway.AdminKey).And.NotContain($"127.0.0.1:{echoing.Port}/v1 with");
            await ExpectAbsentFromFilesAsync(home.Path, key, gateway.AdminKey);
        }

        shown.ToString().Should().NotContain(ProviderKey).And.NotContain(HeaderSecret).And.NotContain(ManifestSecret);
        await ExpectAbsentFromFilesAsync(home.Path, ProviderKey, HeaderSecret, ManifestSecret);
    }

    private static async Task CollectAsync(GatewayProcess gateway, StringBuilder shown)
    {
        foreach (var model in (string[])["fine", "strict", "failing", "failing", "unknown", "refusing", "fine"])
        {
            foreach (var stream in (bool[])[false, true])
            {
                using var response = await gateway.ChatAsync(model, stream);
                shown.Append(response).Append(await response.Content.ReadAsStringAsync());
            }
        }

        foreach (var path in (string[])["/admin/endpoints", "/admin/endpoints/one", "/admin/manifest", "/admin/keys", "/admin/cluster", "/v1/models", "/resource_server/list-endpoints",
            "/resource_server/metis/jobs", "/resource_server/metis/models", "/resource_server/whoami", "/resource_server/status", "/health/ready", "/"])
        {
            using var response = await gateway.AdminAsync(HttpMethod.Get, path);
            response.IsSuccessStatusCode.Should().BeTrue("{0} said {1}", path, response.StatusCode);
            shown.Append(response).Append(await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task ExpectAbsentFromFilesAsync(string folder, params string[] secrets)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var secret in secrets)
            {
                bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).Should().Be(-1, "{0} must not hold it", file);
                bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)).Should().Be(-1, "{0} must not hold it", file);
            }
        }
    }
}
