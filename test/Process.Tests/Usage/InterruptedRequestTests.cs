namespace Gateway.Process.Usage;

public sealed class InterruptedRequestTests
{
    private const string Model = "scripted";

    [Fact]
    public async Task Requests_in_flight_when_the_gateway_is_killed_are_recorded_as_interrupted_at_their_reservation_and_count()
    {
        using var home = new TempFolder();
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        var setup = new GatewaySetup
        {
            Home = home,
            Manifest = new JsonObject { ["only"] = ManifestEntries.Live(upstream.Url, "account", Model).With("max_output_tokens", 100) }.ToJsonString(),
            Environment = new() { ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789abcdef"}""", ["GATEWAY_LIMITS"] = """{"user:alice":{"requests_per_day":10,"concurrency":5}}""" },
        };
        await using (var gateway = await GatewayProcess.StartAsync(setup))
        {
            var key = (await gateway.CreateKeyAsync(new JsonObject { ["name"] = "alice", ["owner"] = "alice" }))["key"]!.GetValue<string>();
            var calls = Enumerable.Range(0, 3).Select(_ => gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(Model), key)).ToArray();
            await Eventually.TrueAsync(() => upstream.Requests.Count == 3, "the requests arrive");

            await gateway.Process.KillAsync();

            await Task.WhenAll(calls).Invoking(task => task).Should().ThrowAsync<HttpRequestException>();
        }

        await using var again = await GatewayProcess.StartAsync(setup);
        var page = await Eventually.MatchAsync(
            () => again.AdminJsonAsync(HttpMethod.Get, "/admin/usage/records?user=alice"), page => page["data"]!.AsArray().Count == 3, "the journal is read");
        page["data"]!.AsArray().Should().OnlyContain(record => record!["interrupted"]!.GetValue<bool>() && record["input_tokens"]!.GetValue<int>() > 0 && record["output_tokens"]!.GetValue<int>() == 100);
        var subject = await Eventually.MatchAsync(
            () => again.DescribeSubjectAsync("user:alice"),
            subject => subject["concurrency"]!["in_use"]!.GetValue<int>() == 0 && subject["windows"]![0]!["reserved"]!.GetValue<decimal>() == 0,
            "nothing stays reserved",
            TimeSpan.FromSeconds(60));
        subject["windows"]![0]!["used"]!.GetValue<decimal>().Should().BeInRange(3, 10, "what was asked of the provider counts");
    }
}
