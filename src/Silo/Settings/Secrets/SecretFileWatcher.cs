using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Settings.Secrets;

/// <summary>
/// Looks at every secret file once a second and applies new content. By content, not by file events: container platforms swap a
/// symbolic link above the file, which file events miss. A file system that hangs holds up its own files only.
/// </summary>
public sealed partial class SecretFileWatcher(IEnumerable<WatchedSecret> secrets, TimeProvider time, ILogger<SecretFileWatcher> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    private readonly ILogger _logger = logger;
    private readonly List<Watch> _watches = [.. secrets.Select(secret => new Watch(secret))];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_watches.Count == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Read side by side, each file once at a time; taken over one after the other, as some are parts of one thing.
            var looks = _watches.ConvertAll(watch => watch.Look ??= Task.Run(() => Read(watch.Secret), CancellationToken.None));
            await Task.WhenAny(Task.WhenAll(looks), Task.Delay(Patience, time, stoppingToken)).ConfigureAwait(false);
            foreach (var watch in _watches.Where(watch => watch.Look is { IsCompleted: true }))
            {
                var (text, error) = await watch.Look!.ConfigureAwait(false);
                watch.Look = null;
                Take(watch, text, error);
            }
        }
    }

    private static (string? Text, string? Error) Read(WatchedSecret secret) => (SecretFile.Read(secret.FilePath, out var error), error);

    private void Take(Watch watch, string? text, string? error)
    {
        var secret = watch.Secret;
        var isNew = secret.IsNew(text);
        if (!isNew && (watch.Refused is null || text is null))
        {
            return;
        }

        if (text is not null)
        {
            error = Apply(secret, text);
        }

        if (error is null)
        {
            LogApplied(secret.Setting, secret.FilePath);
        }
        else if (isNew || error != watch.Refused)
        {
            LogKept(secret.Setting, secret.FilePath, error);
        }

        watch.Refused = secret.MayTurnGood ? error : null;
    }

    private string? Apply(WatchedSecret secret, string text)
    {
        try
        {
            return secret.Apply(text, time.GetUtcNow());
        }
        catch (Exception exception)
        {
            // A text that its reader fails at must not end the process, and every process that shares the file. The message might quote it.
            return $"cannot be understood ({exception.GetType().Name})";
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Setting}: took over new content of {Path}")]
    private partial void LogApplied(string setting, string path);

    [LoggerMessage(2, LogLevel.Error, "{Setting}: {Path} {Problem}; the value read before stays in force")]
    private partial void LogKept(string setting, string path, string problem);

    private sealed class Watch(WatchedSecret secret)
    {
        public WatchedSecret Secret { get; } = secret;

        /// <summary>What was wrong with the content at the last look, which may be good at the next; null: nothing to try again.</summary>
        public string? Refused { get; set; }

        /// <summary>Under way; null: none.</summary>
        public Task<(string? Text, string? Error)>? Look { get; set; }
    }
}
