using Gateway.Cluster.Rigs;
using Gateway.Testing.Clusters.Faults;
using Gateway.Testing.Clusters.Load;

namespace Gateway.Cluster.Crashes;

/// <summary>Each fault once, under load; <c>eng/crash.sh</c> repeats them for as long as one likes.</summary>
public sealed class FaultTests(SharedCluster shared) : ClusterTest(shared)
{
    // The suite shares its machine with much else: enough to hit every fault, not to measure.
    private const double Rate = 25;

    /// <summary>3 s are promised.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    public static TheoryData<ClusterFault> Faults { get; } =
    [
        ClusterFaults.SiloKilled, ClusterFaults.SiloStopped, ClusterFaults.FrontEndStopped, ClusterFaults.FrontEndKilled, ClusterFaults.RedisKilled, ClusterFaults.RedisRolledBack,
        ClusterFaults.RedisFrozen, ClusterFaults.SiloKilledWithoutRedis, ClusterFaults.DatabaseRestarted,
        ClusterFaults.SiloHung(TimeSpan.FromSeconds(1)), ClusterFaults.SiloHung(TimeSpan.FromSeconds(8)),
    ];

    [Theory, MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task Callers_see_no_failure_but_what_the_fault_takes_away(ClusterFault fault)
    {
        if (fault.NeedsNginx)
        {
            await Shared.NeedNginxAsync();
        }

        var run = await FaultRun.RunAsync(Shared.Rig, fault, new LoadPlan { Model = SharedCluster.Baseline, Rate = Rate });

        run.Unexplained.Should().BeEmpty("{0}", run.Report);
        run.Report.Calls.Should().BeGreaterThan((int)Rate, "callers must have been there");
        run.Report.LongestWait.Should().BeLessThan(LongestWait);
    }
}
