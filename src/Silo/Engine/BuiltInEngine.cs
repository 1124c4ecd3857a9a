using System.Net;
using System.Net.Sockets;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;

namespace Gateway.Silo.Engine;

/// <summary>Runs the grains on the engine in <c>src/Runtime</c>.</summary>
internal static class ActorEngine
{
    public const string Name = "BuiltIn";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    // A call that is lost with its silo fails at once; this bounds one into a silo that hangs.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Why this engine's Redis client cannot go there; null: it can.</summary>
    public static string? Refuses(RedisLocation location) =>
        location.Endpoints.Any(endpoint => IPAddress.TryParse(endpoint.Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6)
            ? "names an IPv6 address, which the built-in engine's Redis client cannot reach: use an IPv4 address or a name that has one"
            : null;

    /// <summary>The only silo of this process's cluster, without a port.</summary>
    public static void UseEmbeddedSilo(IHostApplicationBuilder builder, GatewaySettings settings) =>
        builder.UseOrleans(silo => silo.Configure<Orleans.Configuration.ClusterOptions>(options => Identify(options, settings)));

    /// <summary>One of several silos.</summary>
    public static void UseSilo(IHostApplicationBuilder builder, GatewaySettings settings) =>
        builder.UseOrleans(silo => silo
            .UseRedisClustering(redis => Connect(redis, settings))
            .UseEndpoints(settings.Silo)
            .Configure<SiloOptions>(options => options.SiloName = settings.Node.NodeId)
            .Configure<Orleans.Configuration.ClusterOptions>(options => Identify(options, settings))
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout)
            .Configure<ClusterTransportOptions>(options => Trust(options, settings)));

    /// <summary>A process without grains.</summary>
    public static void UseClient(IHostApplicationBuilder builder, GatewaySettings settings) =>
        builder.UseOrleansClient(client => client
            .UseRedisClustering(redis => Connect(redis, settings))
            .Configure<Orleans.Configuration.ClusterOptions>(options => Identify(options, settings))
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout)
            .Configure<ClusterTransportOptions>(options => Trust(options, settings)));

    private static void Identify(Orleans.Configuration.ClusterOptions options, GatewaySettings settings) =>
        options.ClusterId = options.ServiceId = settings.Cluster.Id;

    private static void Connect(RedisClusteringOptions options, GatewaySettings settings) =>
        options.ConfigurationOptions = RedisConnection.OptionsFor(settings.Cluster.Redis!);

    private static void Trust(ClusterTransportOptions options, GatewaySettings settings)
    {
        options.Secret = settings.Cluster.Secret;
        if (settings.Cluster.Certificates is { } certificates)
        {
            // The engine reads both for each new connection.
            Take();
            certificates.Renewed += Take;

            void Take() => (options.Intermediates, options.TrustedAuthorities, options.Certificate) = (certificates.Intermediates, certificates.Authorities, certificates.Certificate);
        }
    }
}
