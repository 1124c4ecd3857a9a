using System.Threading.Channels;
using Gateway.Storage;

namespace Gateway.Api.Cluster;

/// <summary>
/// Keeps rows of the database in memory: all of them from the start, whatever changed as soon as the feed tells of a newer version, and once a
/// second in case that was lost. While the database is away, what is in memory stays.
/// </summary>
internal abstract class RowsRefresher(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _announcedVersion;

    /// <summary>Completes when the rows were read for the first time.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>The database cannot be read now.</summary>
    public bool IsStale { get; private set; }

    /// <param name="version">A version that is known to be committed; 0: none.</param>
    protected abstract Task RefreshAsync(long version, CancellationToken cancellationToken);

    protected abstract void LogUnavailable(string reason);

    protected abstract void LogRecovered();

    /// <summary>It makes no sense to try again: the host ends.</summary>
    protected virtual bool IsFatal(Exception exception) => false;

    /// <summary>Returns at once. Repeats and older versions are harmless.</summary>
    protected void Announce(long version)
    {
        for (var known = Volatile.Read(ref _announcedVersion); version > known;)
        {
            var seen = Interlocked.CompareExchange(ref _announcedVersion, version, known);
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
            await TryRefreshAsync(stoppingToken);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(_wake.Reader.WaitToReadAsync(waiting.Token).AsTask(), Task.Delay(Period, time, waiting.Token));
            await waiting.CancelAsync();
            _wake.Reader.TryRead(out _);
        }
    }

    private async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(Volatile.Read(ref _announcedVersion), cancellationToken);
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
        catch (Exception exception) when (!IsFatal(exception))
        {
            if (!IsStale)
            {
                IsStale = true;
                LogUnavailable(exception is StorageUnavailableException ? exception.Message : exception.ToString());
            }
        }
    }
}
