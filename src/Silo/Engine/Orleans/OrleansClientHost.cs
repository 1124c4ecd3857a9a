using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Gateway.Silo.Engine.Orleans;

/// <summary>Runs the cluster client in a host of its own and makes a new one whenever it cannot be started.</summary>
internal sealed partial class OrleansClientHost(IGrainFactory factory, GatewaySettings settings, ILoggerFactory loggers, TimeProvider time, ILogger<OrleansClientHost> logger)
    : BackgroundService
{
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? told = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            using var host = Build();
            try
            {
                await host.StartAsync(stoppingToken);
                LateGrainFactory.Set(factory, host.Services.GetRequiredService<IClusterClient>());
                LogConnected();

                // From here on the client itself looks for other gateways whenever it loses one.
                await host.WaitForShutdownAsync(stoppingToken);
                LateGrainFactory.Set(factory, null);
            }
            catch (Exception exception)
            {
                LateGrainFactory.Set(factory, null);
                if (!stoppingToken.IsCancellationRequested && told != exception.Message)
                {
                    told = exception.Message;
                    LogNotConnected(told);
                }
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, OuterLifetime>();
        builder.UseOrleansClient(client =>
        {
            client.UseRedisClustering(redis => ActorEngine.Connect(redis, settings))
                .Configure<global::Orleans.Configuration.ClusterOptions>(options => ActorEngine.Identify(options, settings))
                .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout)
                .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayRefresh);
            if (settings.Cluster.Certificates is { } certificates)
            {
                client.UseTls(tls => ClusterTls.Configure(tls, certificates, settings.Cluster.Id));
            }
        });
        return builder.Build();
    }

    /// <summary>Hears no signals: while the process drains, the client still serves.</summary>
    private sealed class OuterLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "The cluster client is connected")]
    private partial void LogConnected();

    [LoggerMessage(2, LogLevel.Warning, "The cluster client cannot connect and tries again every second: {Reason}")]
    private partial void LogNotConnected(string reason);
}
