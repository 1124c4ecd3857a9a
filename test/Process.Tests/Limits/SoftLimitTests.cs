using Gateway.Process.Rigs;

namespace Gateway.Process.Limits;

/// <summary>A soft limit reserves what a caller's requests will probably use.</summary>
public sealed class SoftLimitTests(LimitedGateway shared) : IClassFixture<LimitedGateway>
{
    private const int PerMinute = 10_000;
    private const int PerCall = 1_000;
    private const int UsedPerCall = 25;

    [Fact]
    public async Task Parallel_calls_never_reserve_more_than_the_limit_and_what_they_leave_is_free_at_once()
    {
        var answers = new TaskCompletionSource();
        var meter = new UpstreamMeter();
        await using var upstream = ScriptedUpstream.Start(meter.Over(Replies.When(answers.Task, Replies.OpenAi())));
        var (model, unknown) = (await shared.PublishInOrderAsync(upstream.Url), await shared.PublishInOrderAsync(upstream.Url));
        var (user, key) = await shared.CallerAsync(new JsonObject { ["tokens_per_minute"] = PerMinute });
        using var burst = shared.Burst(key);
        var calls = Enumerable.Range(0, 50).Select(_ => burst.SendAsync(Body(model))).ToArray();

        var refused = await FirstAsync(calls, 50 - (PerMinute / PerCall));

        refused.Should().OnlyContain(answer => answer.Status == HttpStatusCode.TooManyRequests && answer.RetryAfter == TimeSpan.FromSeconds(1));
        await meter.UntilArrivedAsync(PerMinute / PerCall).WaitAsync(Eventually.DefaultBound, TimeProvider.System);
        meter.InWork.Should().Be(PerMinute / PerCall);
        var window = await shared.WindowAsync("user:" + user, "tokens_per_minute");
        (window["used"]!.GetValue<decimal>() + window["reserved"]!.GetValue<decimal>()).Should().BeLessThanOrEqualTo(PerMinute);

        answers.SetResult();
        var served = (await Task.WhenAll(calls)).Except(refused).ToList();
        served.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);

        // Of the other model nothing is known yet, so that as much is reserved for each call as before.
        var next = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => burst.SendAsync(Body(unknown))));

        next.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK, "only {0} tokens were used", served.Count * UsedPerCall);
        meter.Peak.Should().Be(PerMinute / PerCall);
        await Eventually.MatchAsync(
            () => shared.WindowAsync("user:" + user, "tokens_per_minute"),
            shown => shown["used"]!.GetValue<decimal>() == (served.Count + next.Length) * UsedPerCall && shown["reserved"]!.GetValue<decimal>() == 0,
            "only what was used counts");
    }

    /// <summary>For 1,000 tokens: a quarter of its bytes, and the rest as its maximum.</summary>
    private static string Body(string model)
    {
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello!"}],"max_tokens":000}""";
        return body.Replace(":000}", $":{PerCall - ((body.Length + 3) / 4)}}}", StringComparison.Ordinal);
    }

    /// <summary>The answers that come first.</summary>
    private static async Task<List<CallAnswer>> FirstAsync(Task<CallAnswer>[] calls, int number)
    {
        var answers = new List<CallAnswer>();
        await foreach (var call in Task.WhenEach(calls))
        {
            answers.Add(await call);
            if (answers.Count == number)
            {
                break;
            }
        }

        return answers;
    }
}
