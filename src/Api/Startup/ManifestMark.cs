using Gateway.Api.Health;

namespace Gateway.Api.Startup;

/// <summary>Remembers in the data directory that a manifest was in force, which ends demo mode for it.</summary>
internal sealed partial class ManifestMark(Launch launch, Readiness readiness, ILogger<ManifestMark> logger) : IHostedService
{
    private readonly ILogger _logger = logger;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!launch.Demo)
        {
            readiness.ManifestBecameLoaded += Remember;
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Remember()
    {
        try
        {
            launch.Data.MarkManifestHeld();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(launch.Data.Path, exception.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "DATA_DIR: nothing can be written to {Path}: {Reason}")]
    private partial void LogFailed(string path, string reason);
}
