using Gateway.Cluster.Rigs;
using Gateway.Testing.Clusters.Faults;
using Gateway.Testing.Clusters.Load;

namespace Gateway.Cluster.Crashes;

public sealed class UpgradeTests(SharedCluster shared) : ClusterTest(shared)
{
    /// <summary>Set by <c>eng/test.sh</c> to what <c>eng/previous.sh</c> built.</summary>
    private const string Setting = "GATEWAY_TESTS_PREVIOUS";

    [Fact]
    public async Task A_cluster_of_the_parent_commit_is_upgraded_while_it_serves()
    {
        var programs = Environment.GetEnvironmentVariable(Setting);
        Assert.SkipWhen(string.IsNullOrEmpty(programs), $"{Setting} names no build of the parent commit (eng/previous.sh makes one).");
        await Shared.NeedNginxAsync();

        var run = await FaultRun.RunAsync(Shared.Rig, ClusterFaults.Upgrade(programs!), new LoadPlan { Model = SharedCluster.Baseline, Rate = 20 });

        run.Unexplained.Should().BeEmpty("{0}", run.Report);
    }
}
