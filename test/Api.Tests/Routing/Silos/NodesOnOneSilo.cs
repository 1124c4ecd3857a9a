using Gateway.Api.Http;
using System.Text.Json;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Grains;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Gateway.Api.Tests.Routing.Silos;

/// <summary>Two nodes on the real grains, with one clock that a test moves.</summary>
public sealed class NodesOnOneSilo : IAsyncDisposable
{
    private readonly InProcessTestCluster cluster;
    private readonly string manifest;

    private NodesOnOneSilo(InProcessTestCluster cluster, FakeTimeProvider clock, string manifest) =>
        (this.cluster, Clock, this.manifest) = (cluster, clock, manifest);

    public FakeTimeProvider Clock { get; }

    public RoutingNode One { get; private set; } = null!;

    public RoutingNode Two { get; private set; } = null!;

    public IManifestGrain Manifest => cluster.Client.GetGrain<IManifestGrain>(IManifestGrain.Key);

    public IEndpointGrain Endpoint(string id) => cluster.Client.GetGrain<IEndpointGrain>(id);

    public static async Task<NodesOnOneSilo> StartAsync(params string[] ids)
    {
        var clock = new FakeTimeProvider();
        var manifest = Path.Combine(Path.GetTempPath(), $"nodes-on-one-silo-{Guid.NewGuid():N}.json");
        await WriteAsync(manifest, "Live", ids);
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock);
            silo.Services.AddSingleton<IProviderKeys, AnyKey>();
            silo.Services.AddSingleton<IProbeTargets, NoTargets>();
            silo.Services.AddKeyedSingleton<IGrainStorage>("gateway", new ForgetfulStorage());
            silo.Services.Configure<ManifestOptions>(options => options.Sources = [new ManifestSource("metis", new Uri(manifest), null)]);
            silo.Services.AddGatewayGrains();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        var nodes = new NodesOnOneSilo(cluster, clock, manifest);
        nodes.One = await RoutingNode.StartAsync(clock, cluster.Client, "one");
        nodes.Two = await RoutingNode.StartAsync(clock, cluster.Client, "two");
        await nodes.UntilAsync(() => nodes.Both(node => node.Router.Current?.Find("m")?.Candidates.Length == ids.Length), "both nodes route");
        return nodes;
    }

    public Task WriteAsync(string status, params string[] ids) => WriteAsync(manifest, status, ids);

    /// <summary>Lets time pass in small steps until it is so.</summary>
    public Task UntilAsync(Func<bool> condition, string expectation) => Eventually.TrueAsync(
        () =>
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        expectation);

    public bool Both(Func<RoutingNode, bool> condition) => condition(One) && condition(Two);

    public static async Task<RouteChoice> ChooseAsync(RoutingNode node) =>
        await node.Router.ChooseAsync(node.Router.Current!.Find("m")!.Whole, Entries.Anyone, Operation.ChatCompletions, [], "request", CancellationToken.None);

    public static void Fail(RoutingNode node, string id, UpstreamFailure failure, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            node.State.Current!.Endpoints[id].Begin(null).End(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
        await cluster.DisposeAsync();
        File.Delete(manifest);
    }

    private static async Task WriteAsync(string path, string status, string[] ids)
    {
        var entries = ids.ToDictionary(id => id, id => new { status, url = $"http://127.0.0.1/{id}/v1", endpoint_id = "account-" + id, experts = (string[])["m"] });
        await File.WriteAllTextAsync(path + ".new", JsonSerializer.Serialize(entries), TestContext.Current.CancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    private sealed class AnyKey : IProviderKeys
    {
        public long Version => 1;

        public ProviderKeyInfo? Find(string endpointId) => new([]);
    }

    /// <summary>None of these entries asks for probes.</summary>
    private sealed class NoTargets : IProbeTargets
    {
        public ProbeTarget? Find(ManifestEntry entry) => null;
    }

    /// <summary>Keeps nothing: none of these tests restarts a silo.</summary>
    private sealed class ForgetfulStorage : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            (grainState.RecordExists, grainState.ETag) = (true, Guid.NewGuid().ToString());
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
    }
}
