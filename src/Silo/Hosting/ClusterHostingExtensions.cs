using Gateway.Grains;
using Gateway.Silo.Engine;
using Gateway.Silo.Limits;
using Gateway.Silo.Settings;
using Gateway.Silo.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Hosting;

/// <summary>Connects a process with the grains: as a silo that runs them, or as a client of those that do.</summary>
public static class ClusterHostingExtensions
{
    /// <summary>The engine that this build runs grains on.</summary>
    public static string EngineName => ActorEngine.Name;

    /// <summary>For how long a call is repeated whose silo does not answer: within it the engine replaces a silo that died or hangs.</summary>
    public static TimeSpan GrainPatience => ActorEngine.Patience;

    /// <summary>
    /// Makes a front-end. Embedded mode: a silo in this process, whose parts start in this order: (1) the database is migrated, (2) the
    /// silo opens for calls, (3) the hosted services of the front-end start, (4) the listener opens. Cluster mode: a client, which
    /// nothing waits for.
    /// </summary>
    public static IHostApplicationBuilder AddGatewayCluster(this IHostApplicationBuilder builder, GatewaySettings settings)
    {
        builder.Services.AddGatewaySettings(settings);
        builder.Services.AddGatewayStorage();
        if (settings.Cluster.IsClusterMode)
        {
            ActorEngine.UseClient(builder, settings);
            return builder;
        }

        builder.Services.AddGatewayGrains();
        builder.Services.AddLimitStores();
        builder.Services.AddProbeTargets();
        ActorEngine.UseEmbeddedSilo(builder, settings);
        return builder;
    }

    /// <summary>Makes a silo of a cluster.</summary>
    public static IHostApplicationBuilder AddGatewaySilo(this IHostApplicationBuilder builder, GatewaySettings settings)
    {
        builder.Services.AddGatewaySettings(settings);
        builder.Services.AddGatewayStorage();
        builder.Services.AddGatewayGrains();
        builder.Services.AddLimitStores();
        builder.Services.AddProbeTargets();
        ActorEngine.UseSilo(builder, settings);
        return builder;
    }
}
