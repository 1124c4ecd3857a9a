using Gateway.Process.Rigs;

namespace Gateway.Process.Limits;

/// <summary>What a manifest entry says of its account and of its answers.</summary>
public sealed class EntryLimitTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    private const int AnswerTokens = 1000;

    [Fact]
    public async Task Tokens_of_an_account_are_reserved_for_callers_without_limits_too()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.After(TimeSpan.FromMilliseconds(300), Replies.Json(200, Answer)));
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model).With("limits", new JsonObject { ["tpm"] = 10 * AnswerTokens }));
        var (_, key) = await shared.KeyOfAsync(shared.NewName("user"));
        using var burst = shared.Burst(key);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => burst.SendAsync(Body(model, $"\"max_tokens\":{AnswerTokens},"))));

        answers.Select(answer => answer.Status).Distinct().Should().BeEquivalentTo([(HttpStatusCode?)HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        answers.Count(answer => answer.Status == HttpStatusCode.OK).Should().BeInRange(5, 10);
        upstream.Requests.Should().HaveCountLessThanOrEqualTo(10);
    }

    [Theory]
    [InlineData("""{"budgets":[{"usd":100,"window":"month"}]}""", "", 40)]
    [InlineData("""{"max_output_tokens":32000}""", "", 40)]
    [InlineData("""{"max_output_tokens":32000}""", "\"max_tokens\":64000,", 40)]
    [InlineData("""{"max_output_tokens":20}""", "", 20)]
    [InlineData("""{"max_output_tokens":32000}""", "\"max_tokens\":50,", 50)]
    public async Task A_cap_that_the_gateway_sets_is_never_above_what_the_entry_that_is_called_can_give(string limits, string own, int told)
    {
        await using var small = ScriptedUpstream.Start();
        await using var large = ScriptedUpstream.Start();
        var model = shared.NewModel();
        var prices = new JsonObject { ["input"] = 1, ["output"] = 1 };
        await shared.PublishAsync(
            shared.Entry(small, model).With("max_output_tokens", 40).With("prices", prices),
            shared.Entry(large, model).With("max_output_tokens", 4000).With("prices", prices.DeepClone()).With("priority", 1));
        var (_, key) = await shared.CallerAsync(JsonNode.Parse(limits)!.AsObject());

        using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Body(model, own), key);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        var sent = JsonNode.Parse(small.Requests.Should().ContainSingle().Which.BodyText)!;
        ((int?)(sent["max_completion_tokens"] ?? sent["max_tokens"])).Should().Be(told);
    }

    [Theory]
    [InlineData("allowed_groups", null)]
    [InlineData("allowed_groups", 100_000)]
    [InlineData("status", null)]
    [InlineData("status", 100_000)]
    public async Task An_entry_that_the_request_cannot_go_to_has_no_say_in_its_limits(string because, int? maximum)
    {
        await using var parked = ScriptedUpstream.Start();
        await using var serving = ScriptedUpstream.Start();
        var model = shared.NewModel();
        var dear = shared.Entry(parked, model).With("prices", new JsonObject { ["input"] = 10_000, ["output"] = 10_000 })
            .With(because, because == "status" ? "Offline" : new JsonArray("others"));
        await shared.PublishAsync(
            maximum is null ? dear : dear.With("max_output_tokens", maximum),
            shared.Entry(serving, model).With("max_output_tokens", 40).With("prices", new JsonObject { ["input"] = 1, ["output"] = 1 }).With("priority", 1));
        var (_, key) = await shared.CallerAsync(JsonNode.Parse("""{"budgets":[{"usd":1,"window":"month","mode":"hard"}]}""")!.AsObject());

        using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Body(model, ""), key);

        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var sent = JsonNode.Parse(serving.Requests.Should().ContainSingle().Which.BodyText)!;
        ((int?)(sent["max_completion_tokens"] ?? sent["max_tokens"])).Should().Be(40);
        parked.Requests.Should().BeEmpty();
    }

    private static string Answer =>
        $$$"""{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":{{{AnswerTokens - 20}}},"total_tokens":{{{AnswerTokens}}}}}""";

    private static string Body(string model, string cap) => $$"""{"model":"{{model}}",{{cap}}"messages":[{"role":"user","content":"Hello!"}]}""";
}
