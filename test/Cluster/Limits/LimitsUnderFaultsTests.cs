using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

/// <summary>Faults may cost a limited caller some of what is its own; they never give it more.</summary>
public sealed class LimitsUnderFaultsTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Limit = 60;

    [Fact]
    public Task The_owning_silo_killed_admits_nothing_more() => ExpectAtMostTheLimitAsync(async caller => await (await caller.OwnerAsync()).KillAsync());

    [Fact]
    public Task A_front_end_killed_admits_nothing_more() => ExpectAtMostTheLimitAsync(_ => Shared.B.KillAsync());

    [Fact]
    public Task Redis_emptied_admits_nothing_more() => ExpectAtMostTheLimitAsync(_ => Shared.Rig.Redis.CommandAsync("FLUSHALL"));

    private async Task ExpectAtMostTheLimitAsync(Func<LimitedCaller, Task> fault)
    {
        await using var caller = await LimitedCaller.CreateAsync(Shared, new JsonObject { ["requests_per_minute"] = Limit });
        using var burst = caller.Burst();
        var before = await burst.SendAsync(20, caller.Model);
        before.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);

        var during = burst.SendAsync(300, caller.Model);
        await fault(caller);
        var answers = (await during).Concat(await burst.SendAsync(100, caller.Model)).ToList();

        caller.Meter.MostWithin(TimeSpan.FromMinutes(1)).Should().BeLessThanOrEqualTo(Limit);
        answers.Where(answer => answer.Status is not null).Should().OnlyContain(
            answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.TooManyRequests || answer.Status == HttpStatusCode.ServiceUnavailable);
    }
}
