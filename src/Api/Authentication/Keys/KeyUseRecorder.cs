using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Writes down twice a minute which keys were used, all in a few transactions, and once more when the process stops.</summary>
internal sealed partial class KeyUseRecorder(ApiKeySnapshot snapshot, KeyUseLog log, TimeProvider time, ILogger<KeyUseRecorder> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private bool _isFailing;

    /// <summary>How many go in one statement.</summary>
    internal int BatchSize { get; init; } = 500;

    /// <summary>Writes what was not written yet. What fails is kept for the next time, and then comes after all else.</summary>
    public async Task RecordAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in snapshot.Usages.Where(usage => usage.IsNews).OrderBy(usage => usage.Failures).Chunk(BatchSize))
        {
            var uses = batch.Select(usage => (Usage: usage, At: usage.UsedAt)).ToArray();
            try
            {
                await log.RecordAsync([.. uses.Select(use => new KeyUse(use.Usage.KeyId, use.At))], cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Array.ForEach(batch, static usage => usage.Failures++);
                Note(exception);
                return;
            }

            foreach (var (usage, at) in uses)
            {
                usage.Recorded(at);
            }

            _isFailing = false;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RecordAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RecordAsync(stoppingToken);
        }
    }

    private void Note(Exception exception)
    {
        if (!_isFailing)
        {
            _isFailing = true;
            LogKept(exception is StorageUnavailableException ? exception.Message : exception.ToString());
        }
    }

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "When keys were last used cannot be written now; it is tried again. {Reason}")]
    private partial void LogKept(string reason);
}
