using Gateway.Process.Rigs;

namespace Gateway.Process.Limits;

public sealed class BudgetTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    private const decimal Budget = 1m;
    private const decimal PerInputToken = 0.00001m;
    private const decimal PerOutputToken = 0.001m;
    private const int MaxOutputTokens = 40;

    /// <summary>The least that a request can take: 16 output tokens, and one input token for each byte of its body.</summary>
    private const decimal LeastUseful = (16 * PerOutputToken) + (200 * PerInputToken);

    /// <summary>Answers as long as they may, up to 30 tokens.</summary>
    private readonly ProviderBill bill = new(PerInputToken, PerOutputToken, _ => 30);

    [Fact]
    public async Task A_hard_budget_is_never_exceeded_and_402_comes_only_when_it_is_spent()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.After(TimeSpan.FromMilliseconds(100), bill.AnswerAsync));
        var model = await PublishAsync(upstream, entry => entry.With("max_output_tokens", MaxOutputTokens));
        var (_, key) = await shared.CallerAsync(Budgeted());
        using var burst = shared.Burst(key);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => UntilDecidedAsync(burst, Body(model, stream: number % 2 == 0, hasCap: number % 4 < 2))));

        bill.Spent.Should().BeInRange(Budget - LeastUseful, Budget, "the provider counts so much");
        answers.Select(answer => answer.Status).Distinct().Should().BeEquivalentTo([(HttpStatusCode?)HttpStatusCode.OK, HttpStatusCode.PaymentRequired]);
        foreach (var answer in answers.Where(answer => answer.Status == HttpStatusCode.PaymentRequired))
        {
            answer.ErrorCode.Should().Be("insufficient_quota");
            answer.ShouldRetry.Should().Be("false");
            answer.RetryAfter.Should().BeNull();
            JsonNode.Parse(answer.Body)!["error"]!["reset_at"]!.GetValue<string>().Should().MatchRegex("^....-..-01T00:00:00Z$", "then the month is over");
        }
    }

    [Fact]
    public async Task Without_any_known_cap_the_caller_is_asked_for_max_tokens()
    {
        await using var upstream = ScriptedUpstream.Start(bill.AnswerAsync);
        var model = await PublishAsync(upstream, entry => entry);
        var (_, key) = await shared.CallerAsync(Budgeted());

        using var refused = await shared.Gateway.PostAsync("/v1/chat/completions", Body(model, stream: false, hasCap: false), key);
        using var admitted = await shared.Gateway.PostAsync("/v1/chat/completions", Body(model, stream: false, hasCap: true), key);

        (await refused.ErrorAsync(HttpStatusCode.BadRequest)).Param().Should().Be("max_tokens");
        admitted.StatusCode.Should().Be(HttpStatusCode.OK);
        upstream.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_soft_share_that_is_used_is_told_to_the_caller_and_once_to_the_log_and_a_raise_lets_a_caller_go_on()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await PublishAsync(upstream, entry => entry);
        var (user, key) = await shared.CallerAsync(new JsonObject { ["budgets"] = new JsonArray(new JsonObject { ["tokens"] = 100, ["window"] = "month", ["soft_at"] = 0.5 }) });
        using var burst = shared.Burst(key, connections: 1);
        var warnings = new List<string?>();

        // 25 tokens an answer.
        for (var call = 1; call <= 4; call++)
        {
            using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Body(model, stream: false, hasCap: true), key);
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            await answer.Content.ReadAsStringAsync();
            warnings.Add(answer.Header("x-gateway-budget-warning"));
            await Eventually.MatchAsync(() => shared.WindowAsync("user:" + user, "budget/tokens/month"), window => window["used"]!.GetValue<decimal>() == 25 * call, "it is settled");
        }

        warnings.Should().Equal(null, null, $"user:{user} budget/tokens/month 50%", $"user:{user} budget/tokens/month 75%");
        var refused = await burst.SendAsync(Body(model, stream: false, hasCap: true));
        (refused.Status, refused.ErrorCode).Should().Be((HttpStatusCode.PaymentRequired, "insufficient_quota"));
        shared.Gateway.Output.Split('\n').Where(line => line.Contains($"user:local/{user} has used 50 % of budget/tokens/month", StringComparison.Ordinal)).Should().ContainSingle();

        await shared.Gateway.AdminJsonAsync(HttpMethod.Post, $"/admin/subjects/user:{user}/raise", new JsonObject { ["tokens"] = 1000, ["window"] = "month", ["until"] = "2100-01-01T00:00:00Z" });

        await Eventually.TrueAsync(async () => (await burst.SendAsync(Body(model, stream: false, hasCap: true))).Status == HttpStatusCode.OK, "there is room again");
    }

    [Theory]
    [InlineData("user:{0}")]
    [InlineData("group:{0}-friends")]
    [InlineData("project:{0}-friends")]
    [InlineData("default:group-member:{0}-friends")]
    public async Task A_budget_that_is_set_when_something_was_spent_begins_with_that(string subject)
    {
        await using var upstream = ScriptedUpstream.Start(bill.AnswerAsync);
        var model = await PublishAsync(upstream, entry => entry);
        var user = shared.NewName("spender");
        var charged = subject.Replace("{0}", user, StringComparison.Ordinal);
        var (_, key) = await shared.KeyOfAsync(user, user + "-friends");
        for (var call = 0; call < 5; call++)
        {
            (await StatusAsync()).Should().Be(HttpStatusCode.OK);
        }

        await Eventually.MatchAsync(
            () => shared.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/usage/records?user=" + user), page => page["data"]!.AsArray().Count == 5, "they are in the ledger");
        var spent = bill.Spent;

        await shared.LimitAsync(charged, Budgeted(spent - 0.01m));
        (await StatusAsync()).Should().Be(HttpStatusCode.PaymentRequired);
        await shared.LimitAsync(charged, Budgeted(spent + 0.5m));
        (await StatusAsync()).Should().Be(HttpStatusCode.OK);

        bill.Spent.Should().Be(spent * 6 / 5);
        var left = spent + 0.5m - bill.Spent;
        await Eventually.MatchAsync(ShownAsync, budget => budget["remaining"]!.GetValue<decimal>() == left, "what was spent before counts, and what was spent since");

        async Task<HttpStatusCode> StatusAsync()
        {
            using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", Body(model, stream: false, hasCap: true), key);
            await answer.Content.ReadAsStringAsync();
            return answer.StatusCode;
        }

        async Task<JsonNode> ShownAsync()
        {
            using var me = await shared.Gateway.GetAsync("/v1/me", key);
            return (await me.JsonAsync())["quota"]!["budgets"]!.AsArray().Single()!;
        }
    }

    private static JsonObject Budgeted(decimal budget = Budget) => new() { ["budgets"] = new JsonArray(new JsonObject { ["usd"] = budget, ["window"] = "month", ["mode"] = "hard" }) };

    private static string Body(string model, bool stream, bool hasCap) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello!"}],{{(hasCap ? $"\"max_tokens\":{MaxOutputTokens}," : "")}}"stream":{{(stream ? "true" : "false")}}}""";

    private async Task<string> PublishAsync(ScriptedUpstream upstream, Func<JsonObject, JsonObject> change)
    {
        var model = shared.NewModel();
        var prices = new JsonObject { ["input"] = PerInputToken * 1_000_000, ["output"] = PerOutputToken * 1_000_000 };
        await shared.PublishAsync(change(shared.Entry(upstream, model).With("prices", prices)));
        return model;
    }

    /// <summary>Asks again whenever only reservations of other calls are in the way.</summary>
    private async Task<CallAnswer> UntilDecidedAsync(Burst burst, string body)
    {
        while (true)
        {
            var answer = await burst.SendAsync(body);
            if (answer.Status == HttpStatusCode.PaymentRequired)
            {
                bill.Spent.Should().BeGreaterThan(Budget - LeastUseful, "402 says that the budget is spent");
            }

            if (answer.Status != HttpStatusCode.TooManyRequests)
            {
                return answer;
            }

            answer.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
            await Task.Delay(answer.RetryAfter!.Value, TimeProvider.System);
        }
    }
}
