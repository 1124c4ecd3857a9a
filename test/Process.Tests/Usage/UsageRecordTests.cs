using Gateway.Process.Rigs;

namespace Gateway.Process.Usage;

public sealed class UsageRecordTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task An_answer_is_recorded_with_what_the_provider_counted_and_every_attempt(bool stream)
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(503));
        await using var good = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(bad.Url, good.Url);
        using var answer = await shared.Gateway.ChatAsync(model, stream);
        await answer.Content.ReadAsStringAsync();

        var record = await RecordAsync(model);

        record["id"]!.GetValue<string>().Should().Be(answer.Header("x-gateway-request-id"));
        record["status"]!.GetValue<int>().Should().Be(200);
        record["streamed"]!.GetValue<bool>().Should().Be(stream);
        (record["input_tokens"]!.GetValue<int>(), record["output_tokens"]!.GetValue<int>()).Should().Be((10, 15));
        record["attempts"]!.AsArray().Select(attempt => attempt!["status"]!.GetValue<int>()).Should().Equal(503, 200);
        (Flag(record, "partial"), Flag(record, "interrupted"), Flag(record, "estimated")).Should().Be((false, false, false));
    }

    [Fact]
    public async Task A_stream_that_the_caller_leaves_is_recorded_as_partial()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = await shared.PublishInOrderAsync(upstream.Url);
        live.Head().Send(OpenAiBodies.Delta("Hel"));
        var reading = await StreamReading.OpenAsync(shared.Gateway, model);
        await reading.UntilAsync(text => text.Contains("Hel", StringComparison.Ordinal), "the first event");

        await reading.DisposeAsync();

        var record = await RecordAsync(model);
        (Flag(record, "partial"), Flag(record, "interrupted"), Flag(record, "estimated")).Should().Be((true, false, true));
        record["output_tokens"]!.GetValue<int>().Should().BePositive("something was delivered");
    }

    [Fact]
    public async Task Usage_is_told_apart_by_the_end_users_that_a_key_names()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var key = (await shared.Gateway.CreateKeyAsync(new JsonObject { ["name"] = "portal", ["on_behalf_of"] = true }))["key"]!.GetValue<string>();
        using var burst = shared.Burst(key);

        await burst.SendAsync(Callers.ChatBody(model), headers => headers.Add("x-gateway-end-user", "ann"));
        await burst.SendAsync(Callers.ChatBody(model), headers => headers.Add("x-gateway-end-user", "ann"));
        await burst.SendAsync(Callers.ChatBody(model).Replace("{\"model\"", "{\"safety_identifier\":\"ben\",\"model\"", StringComparison.Ordinal));

        var rows = await Eventually.MatchAsync(
            async () => (await shared.Gateway.AdminJsonAsync(HttpMethod.Get, $"/admin/usage?group_by=end_user&model={model}"))["data"]!.AsArray(),
            rows => rows.Sum(row => row!["requests"]!.GetValue<int>()) == 3,
            "the records have reached the database");
        rows.ToDictionary(row => row!["end_user"]!.GetValue<string>(), row => row!["requests"]!.GetValue<int>())
            .Should().BeEquivalentTo(new Dictionary<string, int> { ["ann"] = 2, ["ben"] = 1 });
        var records = await shared.Gateway.AdminJsonAsync(HttpMethod.Get, $"/admin/usage/records?end_user=ben&model={model}");
        records["data"]!.AsArray().Should().ContainSingle().Which!["end_user"]!.GetValue<string>().Should().Be("ben");
    }

    [Fact]
    public async Task What_is_refused_leaves_no_record()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (_, key) = await shared.CallerAsync(new JsonObject { ["requests_per_minute"] = 1 });
        using var burst = shared.Burst(key);

        var answers = await burst.SendAsync(10, model);

        var record = await RecordAsync(model);
        record["id"]!.GetValue<string>().Should().Be(answers.Single(answer => answer.Status == HttpStatusCode.OK).Id);
    }

    private static bool Flag(JsonNode record, string name) => record[name]!.GetValue<bool>();

    /// <summary>The only one of the model.</summary>
    private async Task<JsonNode> RecordAsync(string model)
    {
        var page = await Eventually.MatchAsync(
            () => shared.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/usage/records?model=" + model),
            page => page["data"]!.AsArray().Count > 0,
            "the record has reached the database");
        return page["data"]!.AsArray().Should().ContainSingle().Subject!;
    }
}
