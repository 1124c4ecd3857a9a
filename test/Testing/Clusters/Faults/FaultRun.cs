using System.Collections.Immutable;
using Gateway.Testing.Clusters.Load;

namespace Gateway.Testing.Clusters.Faults;

/// <summary>One fault under load.</summary>
public sealed record FaultRun(ClusterFault Fault, LoadReport Report)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Failures that the fault does not explain.</summary>
    public ImmutableArray<FailedCall> Unexplained { get; } = [.. Report.Failed.Where(call => !call.Excused && !Fault.MayFail.Contains(call.Kind))];

    public static async Task<FaultRun> RunAsync(ClusterRig rig, ClusterFault fault, LoadPlan plan)
    {
        await using var load = await MixedLoad.StartAsync(rig, plan with { ThroughNginx = plan.ThroughNginx || fault.NeedsNginx });
        await Task.Delay(Quiet, TimeProvider.System);
        await fault.ActAsync(rig, load, new Random(plan.Seed));
        await Task.Delay(Quiet, TimeProvider.System);
        return new FaultRun(fault, await load.StopAsync());
    }
}
