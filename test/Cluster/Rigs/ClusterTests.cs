namespace Gateway.Cluster.Rigs;

/// <summary>Tests that share one cluster, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests : ICollectionFixture<SharedCluster>
{
    public const string Name = "cluster";
}
