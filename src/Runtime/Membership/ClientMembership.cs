namespace Orleans.Runtime.Membership;

/// <summary>
/// Keeps a client's view up to date, for ever: a silo pushes changes as the answer to a request that it holds open; when that one fails, the
/// others are asked, and the store is read beside that, which may take long. The host's start does not wait for either.
/// </summary>
internal sealed partial class ClientMembership(IMembershipStore store, ClusterViews views, ViewBuilder builder, ISiloTransport transport, ClusterRouter router, TimeProvider clock, ILogger<ClientMembership> logger)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private int _watched;
    private string _lastProblem = "";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        views.Reader = ReadAsync;
        views.Changed = router.EndLost;
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _watching;
    }

    public void Dispose() => _stop.Dispose();

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var known = views.Current;
            if (await TryAskSiloAsync(known.Version))
            {
                continue;
            }

            if (_reading.IsCompleted)
            {
                _reading = ReadAsync(known.Version, _stop.Token);
            }

            if (await TryAskOthersAsync(known.Version))
            {
                continue;
            }

            await _reading;
            if (views.Current == known)
            {
                await Task.Delay(RetryPeriod, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>After one has failed.</summary>
    private async Task<bool> TryAskOthersAsync(long version)
    {
        for (var left = views.Current.Owners.Count() - 1; left > 0 && !_stop.IsCancellationRequested; left--)
        {
            if (await TryAskSiloAsync(version))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> TryAskSiloAsync(long version)
    {
        var silos = views.Current.Owners.ToList();
        if (silos.Count == 0)
        {
            return false;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(WatchTimeout);
        try
        {
            // The same one until it fails.
            if (await ViewCodec.AskAsync(transport, silos[_watched % silos.Count], version, timeout.Token) is { } view && view.Version >= version && view.Owners.Any())
            {
                views.Publish(view);
                return true;
            }
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            LogProblem(exception.Message);
        }
        catch (OperationCanceledException)
        {
            return true;
        }

        _watched++;
        return false;
    }

    private async Task ReadAsync(long version, CancellationToken cancellationToken)
    {
        try
        {
            var table = await store.ReadAsync(null, cancellationToken);
            if (table.Rows.FirstOrDefault(row => row.Status != SiloStatus.Dead && !builder.IsGenuine(row)) is { } stranger)
            {
                LogProblem($"silo {stranger.Address} ({stranger.Name}) has another cluster secret");
            }

            // Heartbeats change no version: who was silent when this version was read may be heard now.
            if (table.Version >= views.Current.Version)
            {
                views.Publish(builder.Build(table, views.Current));
            }

            _lastProblem = views.Current.Owners.Any() ? "" : _lastProblem;
        }
        catch (Exception exception)
        {
            LogProblem($"the membership table cannot be reached: {exception.Message}");
        }
    }

    private void LogProblem(string problem)
    {
        if (problem != _lastProblem && !_stop.IsCancellationRequested)
        {
            _lastProblem = problem;
            LogWaiting(logger, problem);
        }
    }

    [LoggerMessage(EventId = 10055, Level = LogLevel.Warning, Message = "The cluster client looks for silos: {Problem}")]
    private static partial void LogWaiting(ILogger logger, string problem);
}
