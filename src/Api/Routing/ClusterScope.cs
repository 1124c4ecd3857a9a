using Gateway.Abstractions.Manifests;

namespace Gateway.Api.Routing;

/// <summary>One framework of one cluster, as a path names it.</summary>
/// <param name="Framework">Null: all of the cluster.</param>
public sealed record ClusterScope(string Cluster, string? Framework = null)
{
    public bool Holds(ManifestEntry entry) => entry.Cluster == Cluster && (Framework is null || entry.Framework == Framework);
}
