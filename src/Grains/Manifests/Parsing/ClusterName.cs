namespace Gateway.Grains.Manifests.Parsing;

/// <summary>A cluster's name is a segment of routes: <c>/resource_server/{cluster}/…</c>.</summary>
internal static class ClusterName
{
    /// <summary>The segment that says that no cluster is named. Routes are matched in any letter case.</summary>
    public const string Taken = "v1";

    public static bool IsTaken(string name) => name.Equals(Taken, StringComparison.OrdinalIgnoreCase);
}
