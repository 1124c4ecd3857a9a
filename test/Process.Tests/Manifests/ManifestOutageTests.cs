using Gateway.Process.Rigs;
using Gateway.Testing.ManifestHosts;

namespace Gateway.Process.Manifests;

public sealed class ManifestOutageTests
{
    public static TheoryData<string> Outages() => ["broken", "empty object", "empty body", "all rejected", "array", "500", "vanished", "hanging", "refused"];

    [Theory, MemberData(nameof(Outages))]
    public async Task The_last_good_manifest_serves_on_even_after_a_restart(string outage)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var host = ObjectStore.Start(new JsonObject { ["kept"] = ManifestEntries.Live(upstream.Url, "account", "kept") }.ToJsonString());
        using var home = new TempFolder();
        var setup = new GatewaySetup
        {
            Home = home,
            Environment =
            {
                ["METIS_STATUS_URL"] = host.Origin + "/status.json",
                ["METIS_API_TOKENS"] = """{"account":"sk-account"}""",
                ["METIS_REFRESH_SECONDS"] = "1",
                ["METIS_TIMEOUT_SECONDS"] = "1",
            },
        };

        await using (var gateway = await GatewayProcess.StartAsync(setup))
        {
            await ExpectServedAsync(gateway);
            Break(host, outage);
            (await gateway.AdminAsync(HttpMethod.Post, "/admin/manifest/refresh")).Dispose();
            await ExpectServedAsync(gateway);
            await gateway.StopAsync();
        }

        await using var restarted = await GatewayProcess.StartAsync(setup);
        await ExpectServedAsync(restarted);
        restarted.Output.Should().MatchRegex("(?i)metis");
    }

    [Fact]
    public async Task A_bad_entry_is_rejected_with_its_reason_and_the_others_serve()
    {
        await using var upstream = ScriptedUpstream.Start();
        var manifest = new JsonObject
        {
            ["good"] = ManifestEntries.Live(upstream.Url, "account", "good"),
            ["no-url"] = ManifestEntries.Live("", "account", "x").With("url", null),
            ["no-experts"] = ManifestEntries.Live(upstream.Url, "account").With("experts", new JsonArray()),
            ["no-account"] = ManifestEntries.Live(upstream.Url, "nobody-knows", "y"),
            ["metadata"] = ManifestEntries.Live("http://169.254.169.254/v1", "account-2", "z"),
            ["not-an-object"] = 5,
        };

        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = manifest.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-account","account-2":"sk-account-2"}""" },
        });

        await ExpectServedAsync(gateway, "good");
        var rejected = (await gateway.AdminJsonAsync(HttpMethod.Get, "/admin/manifest"))["rejected"]!.AsArray()
            .ToDictionary(entry => entry!["id"]!.GetValue<string>(), entry => entry!["reason"]!.GetValue<string>());
        rejected.Keys.Should().BeEquivalentTo("no-url", "no-experts", "no-account", "metadata", "not-an-object");
        rejected["no-account"].Should().Contain("no_key");
        rejected.Values.Should().OnlyContain(reason => reason.Length > 0);
        var lines = gateway.Output.Split('\n');
        foreach (var id in rejected.Keys)
        {
            lines.Should().Contain(line => line.Contains(id, StringComparison.Ordinal) && line.Contains("metis", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task A_hundred_requests_at_expiry_cause_one_fetch()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var host = ObjectStore.Start(new JsonObject { ["kept"] = ManifestEntries.Live(upstream.Url, "account", "kept") }.ToJsonString());
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Environment =
            {
                ["METIS_STATUS_URL"] = host.Origin + "/status.json",
                ["METIS_API_TOKENS"] = """{"account":"sk-account"}""",
                ["METIS_REFRESH_SECONDS"] = "3",
            },
        });
        await gateway.CallerKeyAsync();
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var healthy = host.Healthy;
        var before = host.Requests.Count;
        host.Reply = Replies.When(released.Task, healthy);
        await Eventually.TrueAsync(() => host.Requests.Count > before, "the copy expires and is fetched");

        var calls = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => gateway.ChatAsync("kept")));

        host.Requests.Count.Should().Be(before + 1);
        calls.Should().OnlyContain(call => call.StatusCode == HttpStatusCode.OK);
        released.SetResult();
        foreach (var call in calls)
        {
            call.Dispose();
        }
    }

    private static void Break(ObjectStore host, string outage)
    {
        switch (outage)
        {
            case "broken": host.Json = "{\"kept\": {"; break;
            case "empty object": host.Json = "{}"; break;
            case "empty body": host.Json = ""; break;
            case "array": host.Json = "[1,2]"; break;
            case "all rejected": host.Json = """{"kept":{"status":"Live"}}"""; break;
            case "500": host.Reply = Replies.Status(500); break;
            case "vanished": host.Reply = Replies.Status(404); break;
            case "hanging": host.Reply = Replies.Hang(); break;
            case "refused": host.StopListening(); host.Reply = Replies.Reset(); break;
            default: throw new ArgumentOutOfRangeException(nameof(outage));
        }
    }

    private static async Task ExpectServedAsync(GatewayProcess gateway, string model = "kept")
    {
        using var response = await gateway.ChatAsync(model);
        await response.ContentAsync();
    }
}
