using Gateway.Process.Rigs;

namespace Gateway.Process.Limits;

public sealed class RequestLimitTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    [Theory, InlineData(LimitedGateway.Configured, 60, 600), InlineData(LimitedGateway.ConfiguredLow, 5, 100)]
    public async Task A_limit_by_setting_is_exact(string user, int limit, int calls)
    {
        var meter = new UpstreamMeter();
        await using var upstream = ScriptedUpstream.Start(meter.Over(Replies.OpenAi()));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (_, key) = await shared.KeyOfAsync(user);
        using var burst = shared.Burst(key);

        var answers = await burst.SendAsync(calls, model);

        answers.Count(answer => answer.Status == HttpStatusCode.OK).Should().Be(limit);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).Should().Be(calls - limit);
        answers.Where(answer => answer.Status != HttpStatusCode.OK).Should().OnlyContain(answer => answer.RetryAfter >= TimeSpan.FromSeconds(1) && answer.RetryAfter <= TimeSpan.FromSeconds(65));
        meter.Arrived.Should().Be(limit);
    }

    [Fact]
    public async Task Answers_to_limited_callers_say_what_is_left()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (_, key) = await shared.CallerAsync(new JsonObject { ["requests_per_minute"] = 2, ["tokens_per_minute"] = 5_000 });

        foreach (var (left, stream) in ((string, bool)[])[("1", false), ("0", true)])
        {
            using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model, stream), key);
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            answer.Header("x-ratelimit-limit-requests").Should().Be("2");
            answer.Header("x-ratelimit-remaining-requests").Should().Be(left);
            answer.Header("x-ratelimit-reset-requests").Should().MatchRegex("^([0-9]+m)?[0-9]+s$");
            answer.Header("x-ratelimit-limit-tokens").Should().Be("5000");
            int.Parse(answer.Header("x-ratelimit-remaining-tokens")!, System.Globalization.CultureInfo.InvariantCulture).Should().BeInRange(1, 4_999);
            await answer.Content.ReadAsStringAsync();
        }

        using var refused = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), key);
        (await refused.ErrorAsync(HttpStatusCode.TooManyRequests)).Code().Should().Be("rate_limit_exceeded");
        refused.Header("x-ratelimit-remaining-requests").Should().Be("0");
        refused.Header("Retry-After").Should().NotBeNull();
    }

    [Fact]
    public async Task Callers_without_limits_get_no_such_headers()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);

        using var answer = await shared.Gateway.ChatAsync(model);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Headers.Select(header => header.Key).Should().NotContain(name => name.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Me_shows_what_is_left_and_what_was_used()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (user, key) = await shared.CallerAsync(new JsonObject { ["requests_per_minute"] = 10, ["tokens_per_day"] = 10_000, ["concurrency"] = 3 });
        using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), key);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);

        var me = await Eventually.MatchAsync(
            async () =>
            {
                using var shown = await shared.Gateway.GetAsync("/v1/me", key);
                return await shown.JsonAsync();
            },
            me => me["usage"]?["month"]?["requests"]?.GetValue<int>() == 1 && Window(me, "tokens_per_day")["used"]!.GetValue<decimal>() == 25,
            "usage has reached the database");

        Window(me, "requests_per_minute")["remaining"]!.GetValue<decimal>().Should().Be(9);
        Window(me, "requests_per_minute")["subject"]!.GetValue<string>().Should().Be("user:" + user);
        Window(me, "tokens_per_day")["remaining"]!.GetValue<decimal>().Should().Be(9_975);
        me["quota"]!["concurrency"]![0]!["limit"]!.GetValue<int>().Should().Be(3);
        me["usage"]!["month"]!["output_tokens"]!.GetValue<int>().Should().Be(15);
    }

    [Fact]
    public async Task Reservations_of_tokens_come_back_as_soon_as_an_answer_is_settled()
    {
        const int PerAnswer = 25;
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (user, key) = await shared.CallerAsync(new JsonObject { ["tokens_per_minute"] = 40 * PerAnswer });
        using var one = shared.Burst(key, connections: 1);

        for (var call = 0; call < 30; call++)
        {
            (await one.SendAsync(Callers.ChatBody(model))).Status.Should().Be(HttpStatusCode.OK, "what earlier answers did not use is free again (call {0})", call);
        }

        await Eventually.MatchAsync(
            () => shared.WindowAsync("user:" + user, "tokens_per_minute"),
            window => window["used"]!.GetValue<decimal>() == 30 * PerAnswer && window["reserved"]!.GetValue<decimal>() == 0,
            "only what was used counts");
    }

    private static JsonNode Window(JsonNode me, string id) => me["quota"]!["limits"]!.AsArray().Single(window => window!["id"]!.GetValue<string>() == id)!;
}
