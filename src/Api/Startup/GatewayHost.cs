using Gateway.Api.Startup.Listeners;
using Gateway.Api.Startup.Stopping;
using Gateway.Silo.Startup;

namespace Gateway.Api.Startup;

/// <summary>Makes the host of a front-end.</summary>
public static class GatewayHost
{
    public static WebApplicationBuilder CreateBuilder(Launch launch)
    {
        var settings = launch.Settings;
        var builder = ProcessHost.CreateBuilder(settings, typeof(GatewayHost).Assembly.GetName().Name);
        builder.Services.AddSingleton(launch);
        builder.Services.AddDraining(settings.Drain);
        builder.Services.AddGatewayCors(settings.Http);
        builder.Services.AddHostedService<ManifestMark>();
        builder.Services.AddHostedService<StartBanner>();
        builder.AddListeners(launch);
        return builder;
    }
}
