using Gateway.Api.Startup.Listeners;
using Gateway.Api.Startup.Logging;
using Gateway.Api.Startup.Stopping;

namespace Gateway.Api.Startup;

/// <summary>Makes the host of a front-end. Starts from an empty builder: the usual one watches files below the content root, the database's included.</summary>
public static class GatewayHost
{
    private const string EnvironmentName = "ASPNETCORE_ENVIRONMENT";

    public static WebApplicationBuilder CreateBuilder(Launch launch)
    {
        var settings = launch.Settings;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(GatewayHost).Assembly.GetName().Name,
            ContentRootPath = settings.Home.Path,
            EnvironmentName = settings.Layers.Find(EnvironmentName) ?? Environments.Production,
        });
        builder.Configuration.AddConfiguration(settings.Layers.ToConfiguration());
        var phase = new StartPhase();
        builder.Services.AddSingleton(launch);
        builder.Services.AddSingleton(phase);
        builder.Services.AddRouting();
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.AddDraining(settings.Drain);
        builder.Services.AddGatewayCors(settings.Http);
        builder.Services.AddHostedService<ManifestMark>();
        builder.Services.AddHostedService<StartBanner>();
        builder.AddGatewayLogging(settings.Log, phase);
        builder.AddListeners(launch);
        return builder;
    }
}
