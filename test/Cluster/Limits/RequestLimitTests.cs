using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed class RequestLimitTests(SharedCluster shared) : ClusterTest(shared)
{
    [Theory, InlineData(60, 600), InlineData(5, 100)]
    public async Task A_minute_limit_is_exact_over_all_front_ends(int limit, int calls)
    {
        await using var caller = await LimitedCaller.CreateAsync(Shared, new JsonObject { ["requests_per_minute"] = limit });
        using var burst = caller.Burst();

        var answers = await burst.SendAsync(calls, caller.Model);

        answers.Count(answer => answer.Status == HttpStatusCode.OK).Should().Be(limit);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).Should().Be(calls - limit);
        // What was admitted first is free a minute and a lease after it; the burst itself takes seconds at most.
        answers.Where(answer => answer.Status != HttpStatusCode.OK).Should().OnlyContain(answer =>
            answer.ErrorCode == "rate_limit_exceeded" && answer.RetryAfter >= TimeSpan.FromSeconds(30) && answer.RetryAfter <= TimeSpan.FromSeconds(65));
        caller.Meter.Arrived.Should().Be(limit, "what is refused reaches no upstream");
    }
}
