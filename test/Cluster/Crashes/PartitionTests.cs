using Gateway.Cluster.Rigs;
using Gateway.Testing.Clusters.Load;
using Gateway.Testing.Network;

namespace Gateway.Cluster.Crashes;

public sealed class PartitionTests
{
    /// <summary>Long enough for the others to miss its heartbeats.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task A_silo_that_alone_cannot_reach_redis_costs_no_caller_anything()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var rig = await ClusterRig.PrepareAsync(new ClusterSetup { Manifest = ClusterManifests.OneEntry(upstream), Environment = ClusterManifests.Settings() });
        await using var link = TcpLink.To(rig.Redis.Port);
        rig.Silos[0].Environment["REDIS_URL"] = $"redis://127.0.0.1:{link.Port}";
        await rig.StartAllAsync();
        await using var load = await MixedLoad.StartAsync(rig, new LoadPlan { Model = ClusterManifests.Model, Rate = 50 });

        link.Cut();
        await Task.Delay(Cut, TimeProvider.System, TestContext.Current.CancellationToken);
        link.Heal();

        // Declared dead meanwhile, it ends itself, and its supervisor starts it anew; or it was never missed.
        if (!rig.Silos[0].IsRunning)
        {
            await rig.Silos[0].StartAsync();
        }

        await rig.UntilReadyAsync();
        var report = await load.StopAsync();
        report.Failed.Should().BeEmpty("{0}", report);
        report.Calls.Should().BeGreaterThan(100);
    }
}
