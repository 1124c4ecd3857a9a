using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed class LargeLimitTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Limit = 3_000;
    private const int CallersOfNode = 8;

    [Fact]
    public async Task A_large_limit_is_usable_nearly_to_its_end_with_few_grain_calls_and_never_exceeded()
    {
        await using var caller = await LimitedCaller.CreateAsync(Shared, new JsonObject { ["requests_per_minute"] = Limit });
        var before = await GrainCallsAsync();

        await RunAsync(caller, () => caller.Meter.Arrived < Limit * 9 / 10);
        var calls = await GrainCallsAsync() - before;
        var requests = caller.Meter.Arrived;
        await RunAsync(caller, () => true);

        caller.Meter.Arrived.Should().BeGreaterThanOrEqualTo(Limit * 95 / 100);
        caller.Meter.MostWithin(TimeSpan.FromMinutes(1)).Should().BeLessThanOrEqualTo(Limit);
        (calls / (double)requests).Should().BeLessThanOrEqualTo(0.05, "{0} calls for {1} requests", calls, requests);
    }

    /// <summary>Callers on all nodes, each until it is refused.</summary>
    private Task RunAsync(LimitedCaller caller, Func<bool> goOn) => Task.WhenAll(Shared.FrontEnds.SelectMany(node => Enumerable.Range(0, CallersOfNode).Select(async _ =>
    {
        while (goOn() && await node.ChatStatusAsync(caller.Model, caller.Key) == HttpStatusCode.OK)
        {
        }
    })));

    /// <summary>Caused by requests, over all nodes, once each has told what it counted until now.</summary>
    private async Task<long> GrainCallsAsync()
    {
        var before = await CountsAsync();
        var counts = await Eventually.MatchAsync(CountsAsync, now => now.All(node => node.Value.Background > before[node.Key].Background), "every node has told its counts", Promises.Failover);
        return counts.Values.Sum(node => node.ByRequests);
    }

    private async Task<Dictionary<string, (long ByRequests, long Background)>> CountsAsync() =>
        (await Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["nodes"]!.AsArray().ToDictionary(
            node => node!["id"]!.GetValue<string>(),
            node => (node!["grain_calls"]!["by_requests"]!.GetValue<long>(), node["grain_calls"]!["background"]!.GetValue<long>()));
}
