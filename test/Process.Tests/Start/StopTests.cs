namespace Gateway.Process.Start;

public sealed class StopTests
{
    private const string Model = "scripted";

    [Fact]
    public async Task A_request_that_outlasts_the_drain_is_cut_and_leaves_the_others_steps_of_the_stop_their_time()
    {
        using var home = new TempFolder();
        await using var upstream = ScriptedUpstream.Start(Replies.Sequence(Replies.OpenAi(), Replies.Hang()));
        var setup = new GatewaySetup
        {
            Home = home,
            Manifest = new JsonObject { ["only"] = ManifestEntries.Live(upstream.Url, "account", Model) }.ToJsonString(),
            Environment = new() { ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789abcdef"}""", ["Gateway__Drain__MaxSeconds"] = "1" },
        };
        await using (var gateway = await GatewayProcess.StartAsync(setup))
        {
            var key = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "alice", ["owner"] = "alice" }))["key"]!.GetValue<string>();
            using (var served = await gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(Model), key))
            {
                served.StatusCode.Should().Be(HttpStatusCode.OK);
            }

            var cut = gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(Model), key);
            await Eventually.TrueAsync(() => upstream.Requests.Count == 2, "the second request arrives");

            (await gateway.Process.StopAsync(TimeSpan.FromSeconds(60))).Should().Be(0, gateway.Output);

            await cut.Invoking(call => call).Should().ThrowAsync<HttpRequestException>();
            gateway.Output.Should().NotContain("left in the journal").And.NotContain("failed");
        }

        // Taken in before it ended: the journal of the process is empty.
        await using var again = await GatewayProcess.StartAsync(setup);
        var page = await again.AdminJsonAsync(HttpMethod.Get, "/admin/usage/records?user=alice");
        page["data"]!.AsArray().Should().HaveCount(2).And.OnlyContain(record => !record!["interrupted"]!.GetValue<bool>());
    }
}
