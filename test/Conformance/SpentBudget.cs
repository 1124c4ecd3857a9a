namespace Gateway.Conformance;

/// <summary>A user whose hard budget was spent by one call, and a model that costs something.</summary>
internal sealed class SpentBudget : IAsyncDisposable
{
    /// <summary>The call uses 15 of the 20 tokens that the budget pays for.</summary>
    private const int MaxOutputTokens = 16;

    private SpentBudget(ScriptedUpstream upstream, string model, string key) => (Upstream, Model, Key) = (upstream, model, key);

    public ScriptedUpstream Upstream { get; }

    public string Model { get; }

    public string Key { get; }

    public static async Task<SpentBudget> CreateAsync(SharedGateway shared)
    {
        var user = shared.NewModel();
        var upstream = ScriptedUpstream.Start();
        await shared.PublishAsync(shared.Entry(upstream, user).With("prices", new JsonObject { ["input"] = 0, ["output"] = 1 }).With("max_output_tokens", MaxOutputTokens));
        var budgets = new JsonArray(new JsonObject { ["usd"] = 0.00002m, ["window"] = "month", ["mode"] = "hard" });
        await shared.Gateway.AdminJsonAsync(HttpMethod.Put, $"/admin/subjects/user:{user}/limits", new JsonObject { ["budgets"] = budgets });
        var key = (await shared.Gateway.CreateKeyAsync(new JsonObject { ["name"] = user, ["owner"] = user }))["key"]!.GetValue<string>();
        using var spending = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(user), key);
        spending.StatusCode.Should().Be(HttpStatusCode.OK);
        await Eventually.TrueAsync(
            async () => (await shared.Gateway.DescribeSubjectAsync($"user:{user}"))["windows"]!.AsArray().Single()!["used"]!.GetValue<decimal>() > 0,
            "what the call cost is settled");
        return new SpentBudget(upstream, user, key);
    }

    public ValueTask DisposeAsync() => Upstream.DisposeAsync();
}
