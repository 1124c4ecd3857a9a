using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Runtime.Tests;

/// <summary>A cluster on a clock of the test's own.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private TestCluster(InProcessTestCluster cluster, FakeTimeProvider clock)
    {
        Cluster = cluster;
        Clock = clock;
    }

    public InProcessTestCluster Cluster { get; }

    public FakeTimeProvider Clock { get; }

    public IGrainFactory Grains => Cluster.Client;

    public static async Task<TestCluster> StartAsync(Action<ISiloBuilder>? configure = null)
    {
        var clock = new FakeTimeProvider();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock);
            silo.AddMemoryGrainStorage("store").AddMemoryGrainStorageAsDefault();
            configure?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        return new(cluster, clock);
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
