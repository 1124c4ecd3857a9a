using Gateway.Process.Identity;
using Gateway.Process.Rigs;
using Microsoft.Data.Sqlite;

namespace Gateway.Process.Limits;

/// <summary>Every reason of limits and budgets to refuse a request, on every inference route: status, code, when to come again, and nothing sent upstream.</summary>
public sealed class LimitDenialTableTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    private const string UpToAMinute = "^[1-9]$|^[1-5][0-9]$|^6[0-5]$";
    private const string Never = "^$";

    /// <summary>Who, status, code, <c>Retry-After</c>, <c>x-should-retry</c>, what the text says.</summary>
    public static TheoryData<string, int, string, string, string?, string> Denials => new()
    {
        { "minute used up", 429, "rate_limit_exceeded", UpToAMinute, null, "has used up the limit 'requests_per_minute' (1)" },
        { "day used up", 402, "insufficient_quota", Never, "false", "has used up the limit 'requests_per_day' (1)" },
        { "tokens used up", 402, "insufficient_quota", Never, "false", "has used up the budget of 25 tokens per 24 hours" },
        { "money used up", 402, "insufficient_quota", Never, "false", "has used up the budget of 0.025 USD per 24 hours" },
        { "all places of its own in use", 429, "rate_limit_exceeded", "^1$", null, "'concurrency'" },
        { "the rest is reserved", 429, "rate_limit_exceeded", "^1$", null, "held by requests in flight" },
        { "more than the whole budget", 429, "rate_limit_exceeded", Never, "false", "This request alone may take more than the budget of 0.001 USD per 24 hours" },
        { "no known cap", 400, "max_tokens_required", Never, null, "Set 'max_tokens'" },
        { "large body", 413, "request_too_large", Never, null, "'max_body_bytes' of 10 bytes" },
        { "project of others", 403, "project_not_allowed", Never, null, "one of your groups" },
        { "the provider's minute used up", 429, "rate_limit_exceeded", UpToAMinute, null, "The rate limits of all providers" },
        { "the provider's places in use", 503, "capacity_exhausted", "^1$", null, "All capacity for the model" },
    };

    [Theory, MemberData(nameof(Denials))]
    public async Task A_caller_is_refused_alike_on_every_route(string who, int status, string code, string retryAfter, string? shouldRetry, string text)
    {
        await using var upstream = ScriptedUpstream.Start(Holds(who) ? Replies.Hang() : Replies.OpenAi());
        var model = shared.NewModel();
        await shared.PublishAsync(EntryFor(who, upstream, model));
        var (user, key) = await shared.CallerAsync(LimitsOf(who));
        using var patience = new CancellationTokenSource();
        var first = await UseUpAsync(who, upstream, model, user, key, patience.Token);
        var arrived = upstream.Requests.Count;

        var routes = RouteFamily.Inference.Where(route => who != "no known cap" || !route.Contains("embeddings", StringComparison.Ordinal)).ToArray();
        var answers = await Task.WhenAll(routes.Select(route => shared.Gateway.CallAsync(route, model, key, request =>
        {
            if (who == "project of others")
            {
                request.Headers.Add("x-gateway-project", "others");
            }
        })));

        foreach (var (route, answer) in routes.Zip(answers))
        {
            using (answer)
            {
                var error = await answer.ErrorAsync((HttpStatusCode)status);
                error.Code().Should().Be(code, route);
                error.Message().Should().Contain(AsCalledBy(route, text), route);
                (code != "max_tokens_required" || error["param"]!.GetValue<string>() == AsCalledBy(route, "max_tokens")).Should().BeTrue(route);
                (answer.Header("Retry-After") ?? "").Should().MatchRegex(retryAfter, route);
                answer.Header("x-should-retry").Should().Be(shouldRetry, route);
                (error["reset_at"] is not null).Should().Be(status == 402, route);
            }
        }

        upstream.Requests.Count.Should().Be(arrived);
        await patience.CancelAsync();
        await (first ?? Task.CompletedTask).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Who_has_no_limits_meets_none_of_them_where_others_are_refused()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (_, limited) = await shared.CallerAsync(LimitsOf("large body"));
        var (_, free) = await shared.KeyOfAsync(shared.NewName("free"));

        foreach (var route in RouteFamily.Inference)
        {
            using var refused = await shared.Gateway.CallAsync(route, model, limited);
            using var served = await shared.Gateway.CallAsync(route, model, free);

            refused.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge, route);
            served.StatusCode.Should().Be(HttpStatusCode.OK, route);
        }
    }

    [Fact]
    public async Task While_limits_cannot_be_checked_limited_callers_are_503_on_every_route_and_others_are_served()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var (_, limited) = await shared.CallerAsync(new JsonObject { ["requests_per_day"] = 1_000 });
        using var known = await shared.Gateway.ChatAsync(model);
        var database = shared.Gateway.Home.File("data/gateway.db");
        File.Exists(database).Should().BeTrue();
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        await connection.OpenAsync();
        await using (connection.BeginTransaction(deferred: false))
        {
            var answers = await Task.WhenAll(RouteFamily.Inference.Select(route => shared.Gateway.CallAsync(route, model, limited)));

            foreach (var answer in answers)
            {
                using (answer)
                {
                    (await answer.ErrorAsync(HttpStatusCode.ServiceUnavailable)).Code().Should().Be("limits_unavailable");
                    answer.Headers.RetryAfter.Should().NotBeNull();
                }
            }

            upstream.Requests.Should().ContainSingle("only the caller without limits got there");
            using var served = await shared.Gateway.ChatAsync(model);
            served.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await shared.Gateway.CallAsync("POST /v1/chat/completions", model, limited);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "limits can be checked again",
            TimeSpan.FromSeconds(60));
    }

    private static bool Holds(string who) => who is "all places of its own in use" or "the rest is reserved" or "the provider's places in use";

    private static string AsCalledBy(string route, string text) =>
        route.Contains("responses", StringComparison.Ordinal) ? text.Replace("max_tokens", "max_output_tokens", StringComparison.Ordinal) : text;

    private static JsonObject LimitsOf(string who) => who switch
    {
        "minute used up" => new JsonObject { ["requests_per_minute"] = 1 },
        "day used up" => new JsonObject { ["requests_per_day"] = 1, ["time_zone"] = LimitsOfFourAnswers.ZoneAtNoon() },
        "tokens used up" => Budget("tokens", 25, "soft"),
        "money used up" => Budget("usd", 0.025m, "soft"),
        "all places of its own in use" => new JsonObject { ["concurrency"] = 1 },
        "the rest is reserved" => Budget("usd", 0.5m, "hard"),
        "more than the whole budget" => Budget("usd", 0.001m, "hard"),
        "no known cap" => Budget("usd", 1, "hard"),
        "large body" => new JsonObject { ["max_body_bytes"] = 10 },
        _ => new JsonObject { ["requests_per_minute"] = 10_000 },
    };

    private static JsonObject Budget(string unit, decimal amount, string mode) =>
        new() { ["budgets"] = new JsonArray(new JsonObject { [unit] = amount, ["window"] = new JsonObject { ["rolling_hours"] = 24 }, ["mode"] = mode }) };

    private JsonObject EntryFor(string who, ScriptedUpstream upstream, string model)
    {
        // An answer has 10 tokens of input and 15 of output.
        var entry = shared.Entry(upstream, model).With("prices", new JsonObject { ["input"] = 1_000, ["output"] = 1_000 });
        return who switch
        {
            "no known cap" => entry,
            "the provider's minute used up" => entry.With("limits", new JsonObject { ["rpm"] = 1 }),
            "the provider's places in use" => entry.With("limits", new JsonObject { ["concurrency"] = 1 }),
            "the rest is reserved" => entry.With("max_output_tokens", 100_000),
            _ => entry.With("max_output_tokens", 16),
        };
    }

    /// <summary>The one request that takes what there is. Those that are held go on until the token ends them.</summary>
    private async Task<Task?> UseUpAsync(string who, ScriptedUpstream upstream, string model, string user, string key, CancellationToken cancellationToken)
    {
        if (Holds(who))
        {
            var held = shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), key, cancellationToken);
            await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the first request is at the provider");
            return held;
        }

        if (who is "more than the whole budget" or "no known cap" or "large body" or "project of others")
        {
            return null;
        }

        using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[],"max_tokens":16}""", key, cancellationToken);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(cancellationToken));
        if (who is "tokens used up" or "money used up")
        {
            var window = who == "tokens used up" ? "budget/tokens/rolling_24h" : "budget/usd/rolling_24h";
            await Eventually.MatchAsync(() => shared.WindowAsync("user:" + user, window), shown => shown["used"]!.GetValue<decimal>() > 0 && shown["reserved"]!.GetValue<decimal>() == 0, "it is settled");
        }

        return null;
    }
}
