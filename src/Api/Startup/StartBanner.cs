using Gateway.Api.Demo;
using Gateway.Api.Startup.Listeners;
using Gateway.Silo.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Api.Startup;

/// <summary>Says what was started once it serves: a short text on a terminal, single lines in a log.</summary>
internal sealed partial class StartBanner(Launch launch, IServer server, IHostApplicationLifetime lifetime, ILogger<StartBanner> logger) : IHostedService
{
    private readonly ILogger _logger = logger;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in launch.Settings.Warnings)
        {
            LogWarning(warning);
        }

        foreach (var setting in launch.Settings.NotEnforced)
        {
            LogNotEnforced(setting);
        }

        if (launch.Data.OthersMayEnter)
        {
            LogOpenFolder(launch.Data.Path);
        }

        lifetime.ApplicationStarted.Register(Announce);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Announce()
    {
        string[] addresses = [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
        var lines = BannerText.Lines(launch, addresses, ClusterHostingExtensions.EngineName);
        if (launch.OnTerminal)
        {
            Console.Out.WriteLine(string.Join(Environment.NewLine, lines.Select(line => $"  {line.Name,-10} {line.Text}")));
        }
        else
        {
            LogStarted(string.Join("; ", lines.Select(line => $"{line.Name} {line.Text}")));
        }

        if (launch.Demo && DemoKey.Find(launch.Data) is { } key)
        {
            var address = addresses.Length > 0 ? addresses[0] : ListenAddresses.DemoDefault;
            Console.Out.WriteLine(DemoCommands.Text(ListenAddresses.Callable(address), key));
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Serving: {Summary}")]
    private partial void LogStarted(string summary);

    [LoggerMessage(2, LogLevel.Warning, "Setting: {Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(3, LogLevel.Warning, "Setting without effect: {Setting}")]
    private partial void LogNotEnforced(string setting);

    [LoggerMessage(4, LogLevel.Warning, "DATA_DIR: {Path} belongs to another user and its mode could not be set to 0700; see that nobody else can read it")]
    private partial void LogOpenFolder(string path);
}
