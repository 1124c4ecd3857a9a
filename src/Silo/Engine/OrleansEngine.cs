using Gateway.Silo.Engine.Orleans;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;

namespace Gateway.Silo.Engine;

/// <summary>Runs the grains on Microsoft Orleans.</summary>
internal static class ActorEngine
{
    public const string Name = "Orleans";

    // A silo that hangs is declared dead after eight seconds or so, and its grains answer elsewhere three later.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Found by measuring: a killed silo is replaced within two seconds, and pauses of the garbage collector are not taken for deaths.
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);
    private const int MissedProbes = 2;
    private const int Votes = 2;
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AlivePublished = TimeSpan.FromSeconds(5);

    /// <summary>Why this engine's Redis client cannot go there; null: it can.</summary>
    public static string? Refuses(RedisLocation _) => null;

    /// <summary>The only silo of this process's cluster.</summary>
    public static void UseEmbeddedSilo(IHostApplicationBuilder builder, GatewaySettings settings) =>
        builder.UseOrleans(silo => silo.UseLocalhostClustering(serviceId: settings.Cluster.Id, clusterId: settings.Cluster.Id));

    /// <summary>One of several silos.</summary>
    /// <exception cref="StartException">Anybody on the network could call grains.</exception>
    public static void UseSilo(IHostApplicationBuilder builder, GatewaySettings settings)
    {
        RefuseOpenPorts(settings);

        // The silo's start waits for Redis; health must answer meanwhile.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.UseOrleans(silo =>
        {
            silo.UseRedisClustering(redis => Connect(redis, settings))
                .UseEndpoints(settings.Silo)
                .Configure<SiloOptions>(options => options.SiloName = settings.Node.NodeId)
                .Configure<global::Orleans.Configuration.ClusterOptions>(options => Identify(options, settings))
                .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = OrleansClientHost.ResponseTimeout)
                .Configure<ClusterMembershipOptions>(options =>
                {
                    options.ProbeTimeout = Probe;
                    options.NumMissedProbesLimit = MissedProbes;
                    options.NumVotesForDeathDeclaration = Votes;
                    options.TableRefreshTimeout = TableRefresh;
                    options.IAmAliveTablePublishTimeout = AlivePublished;
                });
            if (settings.Cluster.Certificates is { } certificates)
            {
                silo.UseTls(tls => ClusterTls.Configure(tls, certificates, settings.Cluster.Id));
            }
        });
    }

    /// <summary>A process without grains. The client lives in a host of its own, since its start waits for a silo.</summary>
    /// <exception cref="StartException">Anybody on the network could listen.</exception>
    public static void UseClient(IHostApplicationBuilder builder, GatewaySettings settings)
    {
        RefuseOpenPorts(settings);
        var factory = LateGrainFactory.Create();
        builder.Services.AddSingleton(factory);
        builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<OrleansClientHost>(provider, factory));
    }

    public static void Identify(global::Orleans.Configuration.ClusterOptions options, GatewaySettings settings) =>
        options.ClusterId = options.ServiceId = settings.Cluster.Id;

    public static void Connect(RedisClusteringOptions options, GatewaySettings settings)
    {
        options.ConfigurationOptions = RedisConnection.OptionsFor(settings.Cluster.Redis!);
        options.CreateMultiplexer = redis => PatientRedis.ConnectAsync(redis.ConfigurationOptions!, settings.Cluster.Id);
    }

    private static void RefuseOpenPorts(GatewaySettings settings)
    {
        if (settings.Cluster is { Certificates: null, AllowPlaintext: false })
        {
            throw new StartException("Gateway:Cluster:Tls:CertificateFile is not set: without TLS anybody who reaches a silo's port could call its grains. Set CertificateFile, KeyFile and CaFile, or Cluster:AllowPlaintext=true on a network that nobody else is on.");
        }
    }
}
