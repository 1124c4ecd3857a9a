using Gateway.Grains.Network;
using Gateway.Testing;
using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Fetching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Gateway.Grains.Tests.Support;

/// <summary>One silo with the real grains on a clock of the test's own.</summary>
internal sealed class GrainCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private GrainCluster(InProcessTestCluster cluster, FakeTimeProvider clock, LogSink logs, FakeProbeTargets probes)
    {
        Probes = probes;
        _cluster = cluster;
        Clock = clock;
        Logs = logs;
    }

    public FakeTimeProvider Clock { get; }

    public FakeProbeTargets Probes { get; }

    public LogSink Logs { get; }

    public IManifestGrain Manifest => _cluster.Client.GetGrain<IManifestGrain>(IManifestGrain.Key);

    public static async Task<GrainCluster> StartAsync(
        Action<ManifestOptions> configure, FakeProviderKeys keys, FakeGrainStorage? storage = null, FakeTimeProvider? clock = null, IWebProxy? proxy = null)
    {
        clock ??= new FakeTimeProvider();
        var logs = new LogSink();
        var probes = new FakeProbeTargets();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(clock);
            silo.Services.AddSingleton<IProviderKeys>(keys);
            silo.Services.AddSingleton<IProbeTargets>(probes);
            silo.Services.AddSingleton<HostLookup>((_, _) => Task.FromResult(Array.Empty<IPAddress>()));
            silo.Services.AddKeyedSingleton<IGrainStorage>("gateway", storage ?? new FakeGrainStorage());
            if (proxy is not null)
            {
                silo.Services.AddSingleton(proxy);
            }

            silo.Services.Configure(configure);
            silo.Services.AddGatewayGrains();
            silo.Services.AddLogging(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        return new GrainCluster(cluster, clock, logs, probes);
    }

    /// <summary>With one manifest in a file.</summary>
    public static Task<GrainCluster> StartAsync(TemporaryFile file, FakeProviderKeys keys, FakeGrainStorage? storage = null, FakeTimeProvider? clock = null) =>
        StartAsync(options => options.Sources = [FileSource(file)], keys, storage, clock);

    public static ManifestSource FileSource(TemporaryFile file, string name = "metis") => new(name, new Uri(file.Path), null);

    public IEndpointGrain Endpoint(string id) => _cluster.Client.GetGrain<IEndpointGrain>(id);

    /// <summary>Looks without making it active.</summary>
    public async Task<bool> IsActiveAsync(string id) =>
        (await _cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics()).Any(grain => grain.GrainId.ToString() == id);

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    /// <summary>Lets a second pass between looks until the manifest is as wanted.</summary>
    public Task<ManifestDescription> UntilManifest(Func<ManifestDescription, bool> isRight, string what) =>
        Eventually.MatchAsync(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                return Manifest.Describe();
            },
            isRight,
            what);

    public Task<ManifestDescription> UntilEntries(params string[] ids) =>
        UntilManifest(manifest => manifest.Entries.Select(entry => entry.Id).SequenceEqual(ids), $"entries are {string.Join(",", ids)}");

    public async Task<ManifestFeed> Feed() => await Manifest.Watch(0, TestContext.Current.CancellationToken);

    public Task<ManifestFeed> UntilFeed(Func<ManifestFeed, bool> isRight, string what) => Eventually.MatchAsync(Feed, isRight, what);

    /// <summary>Lets a second pass between looks until the feed is as wanted.</summary>
    public Task<ManifestFeed> UntilLaterFeed(Func<ManifestFeed, bool> isRight, string what) =>
        Eventually.MatchAsync(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                return Feed();
            },
            isRight,
            what);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
