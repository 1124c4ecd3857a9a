using System.Threading.Channels;
using Gateway.Storage;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Loads the keys at the start and whatever changed whenever the feed says so, and once a second in case a notice was lost.</summary>
internal sealed partial class ApiKeyRefresher(ApiKeySnapshot snapshot, TimeProvider time, ILogger<ApiKeyRefresher> logger) : BackgroundService, IKeysFollower, IKeysReadiness
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _announcedVersion;

    public event Action? VersionApplied;

    public long AppliedVersion => snapshot.AppliedVersion;

    public Task Loaded => _loaded.Task;

    public bool IsStale { get; private set; }

    public void OnKeysVersion(long keysVersion)
    {
        for (var known = Volatile.Read(ref _announcedVersion); keysVersion > known;)
        {
            var seen = Interlocked.CompareExchange(ref _announcedVersion, keysVersion, known);
            if (seen == known)
            {
                _wake.Writer.TryWrite(true);
                return;
            }

            known = seen;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await RefreshAsync(stoppingToken);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(_wake.Reader.WaitToReadAsync(waiting.Token).AsTask(), Task.Delay(Period, time, waiting.Token));
            await waiting.CancelAsync();
            _wake.Reader.TryRead(out _);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var before = AppliedVersion;
            await snapshot.RefreshAsync(Volatile.Read(ref _announcedVersion), cancellationToken);
            if (AppliedVersion > before)
            {
                VersionApplied?.Invoke();
            }

            _loaded.TrySetResult();
            if (IsStale)
            {
                IsStale = false;
                LogRecovered();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception exception)
        {
            if (!IsStale)
            {
                IsStale = true;
                LogUnavailable(exception is StorageUnavailableException ? exception.Message : exception.ToString());
            }
        }
    }

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "API keys cannot be read from the database; those already loaded go on working. {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "API keys can be read from the database again.")]
    private partial void LogRecovered();
}
