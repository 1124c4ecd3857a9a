using Gateway.Process.Rigs;

namespace Gateway.Process.Manifests;

public sealed class ManifestLifecycleTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory, InlineData("Offline"), InlineData("Maintenance"), InlineData("Retired")]
    public async Task An_entry_that_leaves_Live_takes_no_more_requests_and_running_streams_finish(string status)
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = shared.NewModel();
        var ids = await shared.PublishAsync(shared.Entry(upstream, model).With("notice", "back at noon"));
        live.Head().Send(OpenAiBodies.Delta("Hel"));
        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        await shared.ChangeAsync(ids[0], entry => entry["status"] = status);

        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await shared.Gateway.ChatAsync(model);
                return response.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "new requests are refused");
        using var refused = await shared.Gateway.ChatAsync(model);
        var error = await refused.ErrorAsync(HttpStatusCode.ServiceUnavailable);
        error.Code().Should().Be("model_unavailable");
        error.Message().Should().Contain("back at noon");
        live.Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();
        (await reading.ToEndAsync()).Should().BeNull();
    }

    [Fact]
    public async Task An_override_beats_the_manifest_until_it_is_taken_back()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        var ids = await shared.PublishAsync(shared.Entry(upstream, model));
        var path = $"/admin/endpoints/{ids[0]}/override";

        using (var put = await shared.Gateway.AdminAsync(HttpMethod.Put, path, new JsonObject { ["mode"] = "maintenance", ["reason"] = "patching", ["notice"] = "new disks" }))
        {
            put.IsSuccessStatusCode.Should().BeTrue("PUT said {0}", await put.Content.ReadAsStringAsync());
        }

        await ExpectAsync(model, HttpStatusCode.ServiceUnavailable);
        using (var refused = await shared.Gateway.ChatAsync(model))
        {
            (await refused.ErrorAsync(HttpStatusCode.ServiceUnavailable)).Message().Should().Contain("new disks");
        }

        await shared.Gateway.RefreshManifestAsync();
        await ExpectAsync(model, HttpStatusCode.ServiceUnavailable);
        using (var deleted = await shared.Gateway.AdminAsync(HttpMethod.Delete, path))
        {
            deleted.IsSuccessStatusCode.Should().BeTrue();
        }

        await ExpectAsync(model, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_changed_origin_does_not_get_the_key_until_an_operator_says_so()
    {
        await using var known = ScriptedUpstream.Start();
        await using var stranger = ScriptedUpstream.Start();
        using var home = new TempFolder();
        var manifest = new JsonObject
        {
            ["moving"] = ManifestEntries.Live(known.Url, "moving-account", "moving"),
            ["staying"] = ManifestEntries.Live(known.Url, "staying-account", "staying"),
        };
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = home,
            Manifest = manifest.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"moving-account":"sk-moving-key","staying-account":"sk-staying-key"}""" },
        });
        (await gateway.ChatAsync("moving")).Dispose();
        known.Requests.Single()["Authorization"].Should().Be("Bearer sk-moving-key");

        manifest["moving"]!["url"] = stranger.Url;
        home.Write("status.json", manifest.ToJsonString());
        var changed = await gateway.RefreshManifestAsync();

        changed["rejected"]!.AsArray().Single()!["reason"]!.GetValue<string>().Should().Contain("origin_changed");
        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "moving") != HttpStatusCode.OK, "the entry stops serving");
        stranger.Requests.Should().BeEmpty();

        using (var approved = await gateway.AdminAsync(HttpMethod.Put, "/admin/endpoints/moving/origin", new JsonObject()))
        {
            approved.IsSuccessStatusCode.Should().BeTrue("PUT origin said {0}", await approved.Content.ReadAsStringAsync());
        }

        await Eventually.TrueAsync(async () => await StatusAsync(gateway, "moving") == HttpStatusCode.OK, "the approved origin serves");
        stranger.Requests.Last()["Authorization"].Should().Be("Bearer sk-moving-key");
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayProcess gateway, string model)
    {
        using var response = await gateway.ChatAsync(model);
        return response.StatusCode;
    }

    private Task ExpectAsync(string model, HttpStatusCode status) =>
        Eventually.TrueAsync(async () => await StatusAsync(shared.Gateway, model) == status, $"the answer is {status}");
}
