using Gateway.Testing.Clusters.Load;

namespace Gateway.Testing.Clusters.Faults;

/// <summary>Something that happens to a cluster under load, and is over, with every part running again, when it returns.</summary>
/// <param name="Name">For people: a few words.</param>
/// <param name="MayFail">The only kinds of calls that callers may see fail, because what they need is what is taken away.</param>
/// <param name="ActAsync">Gets the cluster, the callers and a source of choices.</param>
public sealed record ClusterFault(string Name, CallKind[] MayFail, Func<ClusterRig, MixedLoad, Random, Task> ActAsync)
{
    /// <summary>Calls come through nginx: the fault takes front-ends away.</summary>
    public bool NeedsNginx { get; init; }

    public override string ToString() => Name;
}
