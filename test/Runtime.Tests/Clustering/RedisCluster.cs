using System.Net;
using Gateway.Runtime.Tests.Grains;
using Gateway.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

/// <summary>Silos and clients in this process that meet over real sockets and a real Redis, as processes do.</summary>
internal sealed class RedisCluster(RedisServer redis) : IAsyncDisposable
{
    public const string Secret = "the secret of the cluster under test";

    private readonly List<IHost> _hosts = [];

    public RedisServer Redis { get; } = redis;

    public Scripts Scripts { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public IEnumerable<IHost> Silos => _hosts.Where(host => host.Services.GetService<Silo>() is not null);

    public static async Task<RedisCluster> StartAsync(int silos)
    {
        var cluster = new RedisCluster(await RedisServer.StartAsync());
        for (var silo = 0; silo < silos; silo++)
        {
            await cluster.AddSiloAsync();
        }

        await cluster.SettleAsync(silos);
        return cluster;
    }

    public static IClusterMembershipService ViewOf(IHost host) => host.Services.GetRequiredService<IClusterMembershipService>();

    public static SiloAddress AddressOf(IHost silo) => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public static bool IsActive(IHost silo) => ViewOf(silo).CurrentSnapshot.GetSiloStatus(AddressOf(silo)) == SiloStatus.Active;

    public static int OwnersSeenBy(IHost host) => host.Services.GetRequiredService<ClusterViews>().Current.Owners.Count();

    public static SiloAddress? OwnerSeenBy(IHost host, GrainId grain) => host.Services.GetRequiredService<ClusterViews>().Current.OwnerOf(grain);

    public async Task<IHost> AddSiloAsync(int? port = null, string clusterId = "test", string secret = Secret, Action<ISiloBuilder>? configure = null)
    {
        var builder = NewHost();
        builder.UseOrleans(silo =>
        {
            silo.UseRedisClustering(Redis.Address)
                .ConfigureEndpoints(IPAddress.Loopback, port ?? FreePort.Next(), 0)
                .Configure<ClusterOptions>(options => options.ClusterId = clusterId)
                .Configure<ClusterTransportOptions>(options => options.Secret = secret);
            silo.AddMemoryGrainStorage("store").AddMemoryGrainStorageAsDefault();
            configure?.Invoke(silo);
        });
        return await StartAsync(builder);
    }

    public async Task<IHost> AddClientAsync(string clusterId = "test", string secret = Secret, Action<IClientBuilder>? configure = null)
    {
        var builder = NewHost();
        builder.UseOrleansClient(client =>
        {
            client.UseRedisClustering(Redis.Address)
                .Configure<ClusterOptions>(options => options.ClusterId = clusterId)
                .Configure<ClusterTransportOptions>(options => options.Secret = secret);
            configure?.Invoke(client);
        });
        return await StartAsync(builder);
    }

    /// <summary>Until all hosts see the same owners, and as many.</summary>
    public Task SettleAsync(int silos, params IEnumerable<IHost> hosts) => Eventually.Holds(
        () =>
        {
            var views = (hosts.Any() ? hosts : _hosts).Select(host => string.Join(' ', host.Services.GetRequiredService<ClusterViews>().Current.Owners)).ToHashSet();
            return views.Count == 1 && views.Single().Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == silos;
        },
        $"everybody sees {silos} active silos");

    public async Task StopAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync(TestContext.Current.CancellationToken);
        await DisposeAsync(host);
    }

    /// <summary>As if the process had been killed: its sockets close, nobody is told.</summary>
    public async Task KillAsync(IHost silo)
    {
        _hosts.Remove(silo);
        silo.Services.GetService<Silo>()?.Abort();
        await DisposeAsync(silo);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.ToList())
        {
            await KillAsync(host);
        }

        await Redis.DisposeAsync();
    }

    private static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private HostApplicationBuilder NewHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton(Scripts).AddSingleton<ILoggerProvider>(Logs);
        return builder;
    }

    private async Task<IHost> StartAsync(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        lock (_hosts)
        {
            _hosts.Add(host);
        }

        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
