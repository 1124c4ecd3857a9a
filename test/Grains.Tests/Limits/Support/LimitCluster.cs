using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Clock;
using Gateway.Grains.Limits.Sessions;
using Gateway.Storage;
using Gateway.Storage.Clock;
using Gateway.Storage.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Gateway.Grains.Tests.Limits.Support;

/// <summary>A silo and a client over a real database. Two of them over one database make two activations of one grain.</summary>
internal sealed class LimitCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private LimitCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public NodeSessionTable Sessions => _cluster.GetSiloServiceProvider().GetRequiredService<NodeSessionTable>();

    public static async Task<LimitCluster> StartAsync(Action<StorageOptions> database)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.Configure<StorageOptions>(options =>
            {
                options.ClusterSecret = new string('s', 32);

                // A busy machine must not turn a slow disk into a failure.
                options.CallTimeout = TimeSpan.FromSeconds(20);
                database(options);
            });
            silo.Services.AddGatewayStorage();
            silo.Services.AddSingleton<IStoreClock, Clock>();
            silo.Services.AddSingleton<INodeSessions, Table>();
            silo.Services.AddSingleton<ISpendLedger, NothingSpent>();
            silo.Services.Configure<Gateway.Grains.Manifests.ManifestOptions>(options => options.Sources = [new Gateway.Grains.Manifests.ManifestSource("unused", new Uri("file:///unused"), null)]);
            silo.Services.AddGatewayGrains();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        return new LimitCluster(cluster);
    }

    public ISubjectGrain Subject(string key = "user:local/alice") => _cluster.Client.GetGrain<ISubjectGrain>(key);

    public IAccountGrain Account(string key) => _cluster.Client.GetGrain<IAccountGrain>(key);

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private sealed class Clock(DatabaseClock clock) : IStoreClock
    {
        public async Task<bool> IsOursRightAsync(CancellationToken cancellationToken) => !(await clock.ReadAsync(cancellationToken)).IsTooFarOff;
    }

    private sealed class NothingSpent : ISpendLedger
    {
        public Task<IReadOnlyList<SpentPart>> ReadAsync(SpendQuestion question, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SpentPart>>([]);
    }

    private sealed class Table(NodeSessionTable table) : INodeSessions
    {
        public Task<IReadOnlyCollection<string>> FindLostAsync(IReadOnlyCollection<string> sessions, CancellationToken cancellationToken) => table.FindLostAsync(sessions, cancellationToken);
    }
}
