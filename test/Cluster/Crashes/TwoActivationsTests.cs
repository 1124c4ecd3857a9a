using Gateway.Cluster.Rigs;
using Gateway.Testing.Clusters.Load;

namespace Gateway.Cluster.Crashes;

/// <summary>A silo that hung long enough to be replaced wakes up with the grains it had: for a moment there are two of each.</summary>
public sealed class TwoActivationsTests(SharedCluster shared) : ClusterTest(shared)
{
    private const string Override = "/admin/endpoints/baseline/override";

    [Fact]
    public async Task Two_activations_of_the_manifest_grain_lose_no_word_and_roll_no_version_back()
    {
        var owner = await OwnerAsync();
        await using var load = await MixedLoad.StartAsync(Shared.Rig, new LoadPlan { Model = SharedCluster.Baseline, Rate = 30 });
        owner.Pause();
        await Eventually.TrueAsync(
            async () =>
            {
                using var set = await Shared.A.AdminAsync(HttpMethod.Put, Override, new JsonObject { ["mode"] = "live", ["reason"] = "said while it hung" });
                return set.IsSuccessStatusCode;
            },
            "another silo owns the manifest",
            Promises.Failover);
        var before = await FeedVersionsAsync();

        owner.Resume();

        await Eventually.TrueAsync(() => !owner.IsRunning, "the replaced silo ends itself", Promises.Failover * 2);
        owner.Process.ExitCode.Should().Be(1, "its supervisor must see that this was no orderly end");
        var after = await FeedVersionsAsync();
        after.Keys.Should().Contain(before.Keys);
        before.Should().OnlyContain(node => after[node.Key] >= node.Value);
        foreach (var node in Shared.FrontEnds)
        {
            (await node.AdminJsonAsync(HttpMethod.Get, "/admin/endpoints/baseline")).ToJsonString().Should().Contain("said while it hung");
        }

        using var cleared = await Shared.B.AdminAsync(HttpMethod.Delete, Override);
        cleared.IsSuccessStatusCode.Should().BeTrue("the remaining activation goes on writing");
        var report = await load.StopAsync();
        report.Failed.Should().BeEmpty("{0}", report);
    }

    private async Task<SiloPart> OwnerAsync()
    {
        foreach (var silo in await Shared.ActiveSilosAsync())
        {
            var page = await Shared.A.AdminJsonAsync(HttpMethod.Get, $"/admin/silos/{Uri.EscapeDataString(silo)}/grains");
            if (page["data"]!.AsArray().Any(grain => grain!["grain_id"]!.GetValue<string>() == "manifest/manifest"))
            {
                return Shared.Rig.Silos.Single(part => silo.Contains(part.Address, StringComparison.Ordinal));
            }
        }

        throw new InvalidOperationException("No silo has the manifest.");
    }

    /// <summary>Of all front-ends: the new owner hears of each within a second.</summary>
    private Task<Dictionary<string, long>> FeedVersionsAsync() =>
        Eventually.MatchAsync(ReadFeedVersionsAsync, versions => versions.Count == Shared.Rig.FrontEnds.Length, "all front-ends are listed", Promises.Failover);

    private async Task<Dictionary<string, long>> ReadFeedVersionsAsync() =>
        (await Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["nodes"]!.AsArray()
            .ToDictionary(node => node!["id"]!.GetValue<string>(), node => node!["feed_version"]!.GetValue<long>());
}
