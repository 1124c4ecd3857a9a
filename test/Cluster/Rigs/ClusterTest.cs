namespace Gateway.Cluster.Rigs;

/// <summary>Starts with a whole cluster, whatever the test before did to it.</summary>
[Collection(ClusterTests.Name)]
public abstract class ClusterTest(SharedCluster shared) : IAsyncLifetime
{
    protected SharedCluster Shared { get; } = shared;

    public async ValueTask InitializeAsync() => await Shared.HealAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
