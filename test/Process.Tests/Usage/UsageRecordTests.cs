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
