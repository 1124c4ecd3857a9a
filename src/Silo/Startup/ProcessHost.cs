using Gateway.Silo.Settings;
using Gateway.Silo.Startup.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Startup;

/// <summary>Makes the host that all programs begin with. Starts from an empty builder: the usual one watches files below the content root, the database's included.</summary>
public static class ProcessHost
{
    private const string EnvironmentName = "ASPNETCORE_ENVIRONMENT";

    /// <param name="settings">The settings of the process; their values are the host's configuration too.</param>
    /// <param name="applicationName">Name of the program's assembly.</param>
    public static WebApplicationBuilder CreateBuilder(GatewaySettings settings, string? applicationName)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = applicationName,
            ContentRootPath = settings.Home.Path,
            EnvironmentName = settings.Layers.Find(EnvironmentName) ?? Environments.Production,
        });
        builder.Configuration.AddConfiguration(settings.Layers.ToConfiguration());
        var phase = new StartPhase();
        builder.Services.AddSingleton(phase);
        builder.Services.AddRouting();
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.AddGatewayLogging(settings.Log, phase);
        return builder;
    }
}
