using Gateway.Silo.Engine;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Startup;

/// <summary>Says once what was started and with which settings; never a secret.</summary>
internal sealed partial class SiloBanner(GatewaySettings settings, IHostApplicationLifetime lifetime, ILogger<SiloBanner> logger) : IHostedService
{
    private readonly ILogger _logger = logger;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in settings.Warnings)
        {
            LogWarning(warning);
        }

        foreach (var setting in settings.NotEnforced)
        {
            LogNotEnforced(setting);
        }

        lifetime.ApplicationStarted.Register(() => LogStarted(Summary()));
        lifetime.ApplicationStopping.Register(() => LogStopping());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Summary() =>
        $"silo {ProductInfo.Version}, engine {ActorEngine.Name}; cluster {settings.Cluster.Id} by {settings.Cluster.Redis}; address {settings.Silo.Address}:{settings.Silo.Port}"
        + $"{(settings.Cluster.Certificates is null ? "" : " with TLS")}; health {string.Join(", ", settings.Silo.HttpUrls)}; home {settings.Home.Path} ({settings.Home.Reason}); .env {settings.Home.DotEnvPath ?? "none"}";

    [LoggerMessage(1, LogLevel.Information, "Serving: {Summary}")]
    private partial void LogStarted(string summary);

    [LoggerMessage(2, LogLevel.Warning, "Setting: {Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(3, LogLevel.Warning, "Setting without effect: {Setting}")]
    private partial void LogNotEnforced(string setting);

    [LoggerMessage(4, LogLevel.Information, "Stopping: the grains move to the other silos")]
    private partial void LogStopping();
}
