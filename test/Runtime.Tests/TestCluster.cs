using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Activations;
using Orleans.Runtime.Calls;
using Orleans.Storage;

namespace Gateway.Runtime.Tests;

/// <summary>A cluster on a clock of the test's own, whose grains do what the test scripts.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private TestCluster(InProcessTestCluster cluster, FakeTimeProvider clock, Scripts scripts, CapturedLogs logs)
    {
        Cluster = cluster;
        Clock = clock;
        Scripts = scripts;
        Logs = logs;
    }

    public InProcessTestCluster Cluster { get; }

    public FakeTimeProvider Clock { get; }

    public Scripts Scripts { get; }

    public CapturedLogs Logs { get; }

    /// <summary>Calls that do not leave the silo.</summary>
    public IGrainFactory Inside => Cluster.GetSiloServiceProvider().GetRequiredService<IGrainFactory>();

    public IGrainFactory Grains => Cluster.Client;

    public static async Task<TestCluster> StartAsync(Action<ISiloBuilder>? configure = null, short silos = 1)
    {
        var clock = new FakeTimeProvider();
        var scripts = new Scripts();
        var logs = new CapturedLogs();
        var builder = new InProcessTestClusterBuilder(silos);
        var storage = new MemoryGrainStorage();
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock).AddSingleton(scripts).AddSingleton<ILoggerProvider>(logs);
            silo.Services.AddKeyedSingleton<IGrainStorage>("store", storage).AddKeyedSingleton<IGrainStorage>("Default", storage);
            configure?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        return new(cluster, clock, scripts, logs);
    }

    public IScriptedGrain Scripted(string key = "one") => Grains.GetGrain<IScriptedGrain>(key);

    /// <summary>Calls an activation in a silo whoever owns the grain; the silo does not hear of others any more.</summary>
    public static TGrain ActivateHere<TGrain>(InProcessSiloHandle silo, string key)
        where TGrain : IGrainWithStringKey
    {
        silo.ServiceProvider.GetRequiredService<ActivationDirectory>().Router = null;
        return CallHere<TGrain>(silo, key);
    }

    /// <summary>Brings calls to a silo whoever owns the grain.</summary>
    public static TGrain CallHere<TGrain>(InProcessSiloHandle silo, string key)
        where TGrain : IGrainWithStringKey
    {
        var services = silo.ServiceProvider;
        var caller = ActivatorUtilities.CreateInstance<GrainCaller>(services, services.GetRequiredService<ActivationDirectory>());
        return ActivatorUtilities.CreateInstance<GrainFactory>(services, caller).GetGrain<TGrain>(key);
    }

    public InProcessSiloHandle OwnerOf(IAddressable grain) =>
        Cluster.Silos.Single(silo => silo.ServiceProvider.GetRequiredService<ActivationDirectory>().TryGet(grain.GetGrainId(), out _));

    public Activation ActivationOf(IAddressable grain)
    {
        Cluster.TryGetGrainContext(grain.GetGrainId(), out var context).Should().BeTrue("the grain is active");
        return (Activation)context!;
    }

    public bool IsActive(IAddressable grain) => Cluster.TryGetGrainContext(grain.GetGrainId(), out _);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
