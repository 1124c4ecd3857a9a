namespace Orleans.Runtime.Timers;

/// <summary>
/// A timer whose callback is a turn.
/// <list type="number">
/// <item>The clock's timer fires once and sends the tick to the activation.</item>
/// <item>The activation runs the callback when its other requests allow.</item>
/// <item>When the callback has ended the clock's timer is set again: to the period, or to the due time if <see cref="Change"/> was
/// called since 1. So callbacks never overlap or pile up.</item>
/// </list>
/// </summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly ILogger _logger;
    private readonly TimerTick _tick;
    private readonly ITimer _clockTimer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;
    private bool _disposed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options, ILogger logger)
    {
        Validate(options.DueTime, options.Period);
        _activation = activation;
        _callback = callback;
        _logger = logger;
        _tick = new(this, options);
        _dueTime = options.DueTime;
        _period = options.Period;

        // The clock's timer would otherwise keep the async locals of whoever registered it.
        using var noFlow = FlowSuppression.Begin();
        _clockTimer = activation.Clock.CreateTimer(static timer => ((GrainTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start() => _clockTimer.Change(_dueTime, Timeout.InfiniteTimeSpan);

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, period);
        lock (_gate)
        {
            (_dueTime, _period, _changed) = (dueTime, period, true);
            if (!_ticking && !_disposed)
            {
                _clockTimer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _clockTimer.Dispose();
        }

        _activation.Forget(this);
        Cancel();
    }

    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (AggregateException exception)
        {
            LogCallbackFailed(_logger, exception, _activation.GrainId);
        }
    }

    public async Task RunCallbackAsync()
    {
        if (_disposed)
        {
            return;
        }

        try
        {
            await _callback(_cancellation.Token);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            // The timer was disposed during the callback; that is how it is meant to end.
        }
        catch (Exception exception)
        {
            LogCallbackFailed(_logger, exception, _activation.GrainId);
        }
    }

    public void OnTickFinished()
    {
        lock (_gate)
        {
            _ticking = false;
            if (!_disposed)
            {
                _clockTimer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void Validate(TimeSpan dueTime, TimeSpan period)
    {
        RequireDelay(dueTime, nameof(dueTime));
        RequireDelay(period, nameof(period));
    }

    private static void RequireDelay(TimeSpan delay, string name)
    {
        if (delay != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, TimeSpan.FromMilliseconds(uint.MaxValue - 1), name);
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_disposed || _ticking)
            {
                return;
            }

            (_ticking, _changed) = (true, false);
        }

        _activation.ReceiveTick(_tick);
    }

    [LoggerMessage(EventId = 10020, Level = LogLevel.Warning, Message = "A timer callback of grain {GrainId} failed; its next callback comes as planned")]
    private static partial void LogCallbackFailed(ILogger logger, Exception exception, GrainId grainId);
}
