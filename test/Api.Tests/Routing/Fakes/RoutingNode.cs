using System.Collections.Immutable;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Cluster;
using Gateway.Api.Health;
using Gateway.Api.Http;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Routing.Health;
using Gateway.Api.Routing;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>The routing services as a node runs them, on fake grains unless a test has real ones.</summary>
public sealed class RoutingNode : IAsyncDisposable
{
    private readonly ServiceProvider provider;

    private RoutingNode(TimeProvider time, IGrainFactory? grains, string id)
    {
        Cluster = new FakeCluster(time);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton(grains ?? Cluster.Grains);
        services.AddSingleton<IProviderCredentials>(Credentials);
        services.AddSingleton<IKeysFollower>(Keys);
        services.Configure<NodeOptions>(node => (node.NodeId, node.SettingsHash) = (id, "hash-1"));
        services.Configure<ClusterOptions>(cluster => cluster.Secret = new string('s', 32));
        services.AddSingleton<Readiness>();
        services.AddModelRouting();
        provider = services.BuildServiceProvider();
    }

    public FakeCluster Cluster { get; }

    public FakeCredentials Credentials { get; } = new();

    public RecordingKeys Keys { get; } = new();

    public Router Router => provider.GetRequiredService<Router>();

    public RoutingState State => provider.GetRequiredService<RoutingState>();

    public InFlightRequests InFlight => provider.GetRequiredService<InFlightRequests>();

    public ClusterContact Contact => provider.GetRequiredService<ClusterContact>();

    public Readiness Readiness => provider.GetRequiredService<Readiness>();

    public static async Task<RoutingNode> StartAsync(TimeProvider? time = null, IGrainFactory? grains = null, string id = "node-1")
    {
        var node = new RoutingNode(time ?? TimeProvider.System, grains, id);
        foreach (var service in node.provider.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in provider.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await provider.DisposeAsync();
    }

    public sealed class RecordingKeys : IKeysFollower
    {
        public long Told { get; private set; }

        public event Action? VersionApplied;

        public long AppliedVersion { get; set; }

        public void OnKeysVersion(long keysVersion) => Told = keysVersion;

        public void Apply(long version)
        {
            AppliedVersion = version;
            VersionApplied?.Invoke();
        }
    }
}
