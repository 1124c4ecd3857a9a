using Gateway.Abstractions.Manifests;

namespace Gateway.Api.Routing;

/// <summary>One framework of one cluster, as a path names it.</summary>
public sealed record ClusterScope(string Cluster, string Framework)
{
    public bool Holds(ManifestEntry entry) => entry.Cluster == Cluster && entry.Framework == Framework;
}
