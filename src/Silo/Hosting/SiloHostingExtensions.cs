using Gateway.Grains;
using Gateway.Silo.Engine;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Hosting;

public static class SiloHostingExtensions
{
    /// <summary>The engine that this build runs grains on.</summary>
    public static string EngineName => ActorEngine.Name;

    /// <summary>
    /// Adds a silo in this process. Its parts start in this order: (1) the database is migrated, (2) the silo opens for calls,
    /// (3) the hosted services of the front-end start, (4) the listener opens.
    /// </summary>
    public static IHostApplicationBuilder AddGatewaySilo(this IHostApplicationBuilder builder, GatewaySettings settings)
    {
        builder.Services.AddGatewaySettings(settings);
        builder.Services.AddGatewayStorage();
        builder.Services.AddGatewayGrains();
        ActorEngine.Use(builder, settings.Cluster);
        return builder;
    }
}
