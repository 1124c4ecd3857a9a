using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Settings.Secrets;

/// <summary>
/// Looks at every secret file once a second and applies new content. By content, not by file events: container platforms swap a
/// symbolic link above the file, which file events miss.
/// </summary>
public sealed partial class SecretFileWatcher(IEnumerable<WatchedSecret> secrets, TimeProvider time, ILogger<SecretFileWatcher> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly List<WatchedSecret> _secrets = [.. secrets];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_secrets.Count == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var secret in _secrets)
            {
                Look(secret);
            }
        }
    }

    private void Look(WatchedSecret secret)
    {
        var text = SecretFile.Read(secret.FilePath, out var error);
        if (!secret.IsNew(text))
        {
            return;
        }

        if (text is not null)
        {
            error = secret.Apply(text);
        }

        if (error is null)
        {
            LogApplied(secret.Setting, secret.FilePath);
        }
        else
        {
            LogKept(secret.Setting, secret.FilePath, error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Setting}: took over new content of {Path}")]
    private partial void LogApplied(string setting, string path);

    [LoggerMessage(2, LogLevel.Error, "{Setting}: {Path} {Problem}; the value read before stays in force")]
    private partial void LogKept(string setting, string path, string problem);
}
