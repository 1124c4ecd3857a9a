using Gateway.Process.Rigs;

namespace Gateway.Process.Limits;

/// <summary>Limits and budgets of users and groups, by setting and by <c>/admin</c>, and all whom one request is charged to.</summary>
public sealed class WhoIsChargedTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    public static TheoryData<string, string, string> Limits
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var limit in LimitsOfFourAnswers.All)
            {
                foreach (var source in (string[])["settings", "admin"])
                {
                    cases.Add(source, "user", limit.Name);
                    cases.Add(source, "group", limit.Name);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Limits))]
    public async Task A_limit_or_budget_holds_for_a_user_and_for_a_group_wherever_it_was_set(string source, string kind, string name)
    {
        var limit = LimitsOfFourAnswers.All.Single(limit => limit.Name == name);
        var holder = source == "settings" ? LimitedGateway.ConfiguredWith(kind, name) : shared.NewName(kind);
        var subject = $"{kind}:{holder}";
        if (source == "admin")
        {
            await shared.LimitAsync(subject, limit.Document());
        }

        // Two keys of the user, or two members of the group.
        using var first = shared.Burst(await KeyAsync(kind, holder), connections: 1);
        using var second = shared.Burst(await KeyAsync(kind, holder), connections: 1);
        using var other = shared.Burst((await shared.KeyOfAsync(shared.NewName("user"), shared.NewName("group"))).Key, connections: 1);
        await using var upstream = ScriptedUpstream.Start();
        var body = await PublishAsync(upstream);

        for (var call = 1; call <= 4; call++)
        {
            (await (call % 2 == 0 ? first : second).SendAsync(body)).Status.Should().Be(HttpStatusCode.OK, "call {0} of four", call);
            await ExpectUsedAsync(subject, limit.Window, limit.Used * call / 4);
        }

        foreach (var spent in (Burst[])[first, second])
        {
            (await spent.SendAsync(body)).Status.Should().Be(limit.Refusal);
        }

        (await other.SendAsync(body)).Status.Should().Be(HttpStatusCode.OK, "it is nobody else's limit");
        upstream.Requests.Should().HaveCount(5);
        await ExpectUsedAsync(subject, limit.Window, limit.Used);
        (await shared.Gateway.DescribeSubjectAsync(subject))["source"]!.GetValue<string>().Should().Be(source);
    }

    [Fact]
    public async Task One_request_is_charged_to_the_user_the_key_every_group_each_as_a_pool_and_per_head_and_to_one_project()
    {
        var (user, chem, bio) = (shared.NewName("user"), shared.NewName("chem"), shared.NewName("bio"));
        var (id, key) = await shared.KeyOfAsync(user, chem, bio);
        var charged = (string[])["user:" + user, id.StartsWith("key:", StringComparison.Ordinal) ? id : "key:" + id, "group:" + chem, "group:" + bio, "default:group-member:" + chem, "default:group-member:" + bio, "project:" + bio];
        foreach (var subject in charged.Append("project:" + chem))
        {
            await shared.LimitAsync(subject, Ample());
        }

        await using var upstream = ScriptedUpstream.Start();
        var body = await PublishAsync(upstream);
        using var burst = shared.Burst(key, connections: 1);

        var answer = await burst.SendAsync(body, headers => headers.Add("x-gateway-project", bio));

        answer.Status.Should().Be(HttpStatusCode.OK);
        foreach (var limit in LimitsOfFourAnswers.All)
        {
            foreach (var subject in charged.Where(subject => !subject.StartsWith("default:", StringComparison.Ordinal)))
            {
                await ExpectUsedAsync(subject, limit.Window, limit.Used / 4);
            }

            await ExpectUsedAsync("project:" + chem, limit.Window, 0);
        }

        // What is counted for each member is shown to the member.
        var quota = await Eventually.MatchAsync(
            () => QuotaAsync(key),
            quota => charged.Where(subject => !subject.StartsWith("project:", StringComparison.Ordinal)).All(subject => LimitsOfFourAnswers.All.All(limit => Used(quota, subject, limit.Window) == limit.Used / 4)),
            "all are charged once");
        quota.Should().NotContain(window => window!["subject"]!.GetValue<string>() == "project:" + chem);
        var records = await Eventually.MatchAsync(
            async () => (await shared.Gateway.AdminJsonAsync(HttpMethod.Get, "/admin/usage/records?key=" + charged[1]))["data"]!.AsArray(),
            records => records.Count > 0,
            "the record has reached the database");
        records.Should().ContainSingle().Which!["project"]!.GetValue<string>().Should().Be("project:" + bio);
    }

    private static JsonObject Ample() => new()
    {
        ["requests_per_minute"] = 100,
        ["tokens_per_day"] = 100_000,
        ["time_zone"] = LimitsOfFourAnswers.ZoneAtNoon(),
        ["budgets"] = new JsonArray(new JsonObject { ["usd"] = 10, ["window"] = new JsonObject { ["rolling_hours"] = 24 }, ["mode"] = "hard" }),
    };

    private async Task<string> KeyAsync(string kind, string holder) =>
        (kind == "user" ? await shared.KeyOfAsync(holder) : await shared.KeyOfAsync(shared.NewName("user"), holder)).Key;

    /// <summary>Body of a request to a model of its own.</summary>
    private async Task<string> PublishAsync(ScriptedUpstream upstream)
    {
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model).With("prices", new JsonObject { ["input"] = LimitsOfFourAnswers.InputPrice, ["output"] = LimitsOfFourAnswers.OutputPrice }));
        return $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello!"}],"max_tokens":16}""";
    }

    /// <summary>Windows of limits and of budgets.</summary>
    private async Task<JsonNode?[]> QuotaAsync(string key)
    {
        using var shown = await shared.Gateway.GetAsync("/v1/me", key);
        var quota = (await shown.JsonAsync())["quota"]!;
        return [.. quota["limits"]!.AsArray(), .. quota["budgets"]!.AsArray()];
    }

    private static decimal? Used(JsonNode?[] quota, string subject, string window) =>
        quota.SingleOrDefault(shown => shown!["subject"]!.GetValue<string>() == subject && shown["id"]!.GetValue<string>() == window)?["used"]!.GetValue<decimal>();

    private Task<JsonNode> ExpectUsedAsync(string subject, string window, decimal used) => Eventually.MatchAsync(
        () => shared.WindowAsync(subject, window),
        shown => shown["used"]!.GetValue<decimal>() == used && shown["reserved"]!.GetValue<decimal>() == 0,
        $"{subject} has used {used} of {window}");
}
