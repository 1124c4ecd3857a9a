using Gateway.Process.Rigs;

namespace Gateway.Process.Identity;

/// <summary><c>GATEWAY_ACCESS</c> as a watched file, closed by default.</summary>
public sealed class AccessRuleTests
{
    private static readonly JsonObject OnlyChatOfA = new()
    {
        ["default"] = "deny",
        ["rules"] = new JsonArray(
            new JsonObject { ["effect"] = "allow", ["groups"] = new JsonArray("physics"), ["models"] = new JsonArray("model-a"), ["operations"] = new JsonArray("chat/completions") }),
    };

    [Fact]
    public async Task Nothing_is_open_that_no_rule_opens_and_a_changed_file_is_in_force_within_seconds()
    {
        using var home = new TempFolder();
        home.Write("access.json", OnlyChatOfA.ToJsonString());
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = home,
            Manifest = new JsonObject { ["e1"] = ManifestEntries.Live(upstream.Url, "account", "model-a", "model-b") }.ToJsonString(),
            Environment = { ["GATEWAY_ACCESS"] = "access.json", ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789"}""" },
        });
        var physicist = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "p", ["owner"] = "alice", ["groups"] = new JsonArray("physics") }))["key"]!.GetValue<string>();
        var stranger = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "s", ["owner"] = "bob" }))["key"]!.GetValue<string>();

        (await StatusAsync(gateway, "POST /v1/chat/completions", "model-a", physicist)).Should().Be(HttpStatusCode.OK);
        upstream.ClearRequests();
        foreach (var (route, model, key) in new[]
        {
            ("POST /v1/embeddings", "model-a", physicist), ("POST /v1/chat/completions", "model-b", physicist), ("POST /v1/chat/completions", "model-a", stranger),
        })
        {
            (await StatusAsync(gateway, route, model, key)).Should().Be(HttpStatusCode.Forbidden, "{0} {1}", route, model);
        }

        upstream.Requests.Should().BeEmpty();
        foreach (var route in RouteFamily.Listings)
        {
            (await TextAsync(gateway, route, physicist)).Should().Contain("model-a", route).And.NotContain("model-b", route);
            (await TextAsync(gateway, route, stranger)).Should().NotContain("model-", route);
        }

        (await TextAsync(gateway, "GET /resource_server/status", stranger)).Should().NotContain("metis", "nothing is open to everybody");
        var opened = OnlyChatOfA.DeepClone();
        opened["default"] = "allow";
        home.Write("access.json", opened.ToJsonString());

        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "POST /v1/chat/completions", "model-a", stranger) == HttpStatusCode.OK, "the new rules are in force", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_path_that_names_one_of_several_clusters_is_no_way_around_a_rule()
    {
        await using var upstream = ScriptedUpstream.Start();
        var here = ManifestEntries.Live(upstream.Url, "account", "model-a");
        var there = ManifestEntries.Live(upstream.Url, "account", "model-a");
        there["cluster"] = "other";
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["e1"] = here, ["e2"] = there }.ToJsonString(),
            Environment =
            {
                ["GATEWAY_ACCESS"] = """{"rules":[{"effect":"deny","groups":["students"],"models":["model-a"]}]}""",
                ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789"}""",
            },
        });
        var student = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "s", ["owner"] = "bob", ["groups"] = new JsonArray("students") }))["key"]!.GetValue<string>();
        var anybody = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "a", ["owner"] = "alice" }))["key"]!.GetValue<string>();

        foreach (var root in new[] { "/v1", "/resource_server/v1", "/resource_server/metis/api/v1", "/resource_server/other/api/v1" })
        {
            (await StatusAsync(gateway, $"POST {root}/chat/completions", "model-a", student)).Should().Be(HttpStatusCode.Forbidden, root);
            (await TextAsync(gateway, $"GET {root}/models", student)).Should().NotContain("model-a", root);
        }

        upstream.Requests.Should().BeEmpty();
        (await StatusAsync(gateway, "POST /resource_server/other/api/v1/chat/completions", "model-a", anybody)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_for_one_route_is_good_for_no_other()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["e1"] = ManifestEntries.Live(upstream.Url, "account", "model-a") }.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789"}""" },
        });
        var key = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "e", ["routes"] = new JsonArray("embeddings") }))["key"]!.GetValue<string>();

        (await StatusAsync(gateway, "POST /v1/embeddings", "model-a", key)).Should().Be(HttpStatusCode.OK);
        using var refused = await gateway.CallAsync("POST /v1/chat/completions", "model-a", key);

        (await refused.ErrorAsync(HttpStatusCode.Forbidden)).Code().Should().Be("route_not_allowed");
        upstream.Requests.Should().ContainSingle();
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayProcess gateway, string route, string model, string key)
    {
        using var answer = await gateway.CallAsync(route, model, key);
        return answer.StatusCode;
    }

    private static async Task<string> TextAsync(GatewayProcess gateway, string route, string key)
    {
        using var answer = await gateway.CallAsync(route, "model-a", key);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return text;
    }
}
