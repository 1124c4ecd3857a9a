namespace Orleans.Runtime.Activations;

/// <summary>How an activation begins and ends.</summary>
internal sealed partial class Activation
{
    private DeactivationReason _reason;
    private bool _deactivationRequested;
    private bool _ending;
    private ITimer? _endAnyway;

    /// <summary>Queues the activation turn; called once by the directory that listed it.</summary>
    public void Start() => _scheduler.Post(static activation => _ = ((Activation)activation!).ActivateAsync(), this);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_deactivationRequested || _state == ActivationState.Gone)
            {
                return;
            }

            _deactivationRequested = true;
            _reason = deactivationReason;
            if (_state == ActivationState.Valid)
            {
                BeginDeactivation();
            }
        }
    }

    /// <summary>Deactivates if nothing used the grain for as long as <paramref name="age"/>.</summary>
    public void Collect(TimeSpan age)
    {
        lock (_gate)
        {
            if (_state != ActivationState.Valid || _mailbox.Count > 0 || Clock.GetElapsedTime(_lastUsed) < age)
            {
                return;
            }

            _deactivationRequested = true;
            _reason = new(DeactivationReasonCode.ActivationIdle, $"The grain was not used for {age}.");
            BeginDeactivation();
        }
    }

    /// <summary>Cancels the tokens of running requests: of all, or only of those that interleave.</summary>
    public void CancelRunning(bool onlyInterleaving)
    {
        lock (_gate)
        {
            foreach (var request in _mailbox.Running.Where(request => !onlyInterleaving || request.Interleaving == Interleaving.Always))
            {
                Cancel(request);
            }
        }
    }

    /// <summary>Ends without a goodbye, as if the process had died: no turn is waited for, every caller is told.</summary>
    public void Abort(Exception reason)
    {
        IReadOnlyList<ActivationRequest> requests;
        lock (_gate)
        {
            if (_state == ActivationState.Gone)
            {
                return;
            }

            _state = ActivationState.Gone;
            _ending = true;
            requests = [.. _mailbox.Running, .. _mailbox.TakeWaiting()];
            StopTimers();
        }

        foreach (var request in requests)
        {
            request.Reject(reason);
            Cancel(request);
        }

        Leave();
    }

    private async Task ActivateAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(_settings.ActivationTimeout, Clock);
            try
            {
                _scope = _settings.Services.CreateAsyncScope();
                var (grain, states) = GrainClass.Construct(ActivationServices, this);
                GrainInstance = grain;
                foreach (var state in states)
                {
                    await state.ReadStateAsync(deadline.Token).WaitAsync(deadline.Token);
                }

                if (grain is IGrainBase lifecycle)
                {
                    await lifecycle.OnActivateAsync(deadline.Token).WaitAsync(deadline.Token);
                }
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"{GrainId} did not activate within {_settings.ActivationTimeout}.");
            }
        }
        catch (Exception exception)
        {
            await FailActivationAsync(exception);
            return;
        }

        lock (_gate)
        {
            if (_state == ActivationState.Gone)
            {
                return;
            }

            _state = ActivationState.Valid;
            _lastUsed = Clock.GetTimestamp();
            if (_deactivationRequested)
            {
                BeginDeactivation();
            }

            StartWaiting();
        }
    }

    private async Task FailActivationAsync(Exception exception)
    {
        IReadOnlyList<ActivationRequest> waiting;
        lock (_gate)
        {
            // Aborted meanwhile: its callers were told, and what a dying silo takes away from it is no news.
            if (_state != ActivationState.Gone)
            {
                LogActivationFailed(_settings.Logger, exception, GrainId);
            }

            _state = ActivationState.Gone;
            waiting = _mailbox.TakeWaiting();
            StopTimers();
        }

        await DisposeInstanceAsync();
        Leave();
        foreach (var request in waiting)
        {
            request.Reject(exception);
        }
    }

    // Under the lock.
    private void BeginDeactivation()
    {
        _state = ActivationState.Deactivating;
        StopTimers();
        StartWaiting();
        if (_mailbox.IsRunning)
        {
            _endAnyway = Clock.CreateTimer(static activation => ((Activation)activation!).EndAnyway(), this, _settings.DeactivationTimeout, Timeout.InfiniteTimeSpan);
        }

        EndIfIdle();
    }

    // A callback's token is cancelled in a turn, because what it wakes is grain code.
    private void StopTimers()
    {
        foreach (var timer in _timers)
        {
            _scheduler.Post(static timer => ((IDisposable)timer!).Dispose(), timer);
        }

        _timers.Clear();
    }

    private void EndAnyway()
    {
        lock (_gate)
        {
            if (!_ending)
            {
                LogStuck(_settings.Logger, GrainId, _settings.DeactivationTimeout, _mailbox.Running.Count);
                End();
            }
        }
    }

    // Under the lock.
    private void EndIfIdle()
    {
        if (_state == ActivationState.Deactivating && !_ending && !_mailbox.IsRunning)
        {
            End();
        }
    }

    // Under the lock.
    private void End()
    {
        _ending = true;
        _endAnyway?.Dispose();
        _scheduler.Post(static activation => _ = ((Activation)activation!).DeactivateAsync(), this);
    }

    private async Task DeactivateAsync()
    {
        try
        {
            if (GrainInstance is IGrainBase lifecycle)
            {
                using var deadline = new CancellationTokenSource(_settings.DeactivationTimeout, Clock);
                await lifecycle.OnDeactivateAsync(_reason, deadline.Token).WaitAsync(deadline.Token);
            }
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(_settings.Logger, exception, GrainId);
        }

        await DisposeInstanceAsync();
        IReadOnlyList<ActivationRequest> waiting;
        lock (_gate)
        {
            if (_state == ActivationState.Gone)
            {
                return;
            }

            _state = ActivationState.Gone;
            waiting = _mailbox.TakeWaiting();
        }

        // Before it leaves: a stopping silo is done when its directory is empty.
        foreach (var call in waiting.OfType<GrainCall>())
        {
            _directory.Forward(call);
        }

        Leave();
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else
            {
                (GrainInstance as IDisposable)?.Dispose();
            }

            if (_scope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(_settings.Logger, exception, GrainId);
        }
    }

    private void Leave()
    {
        _directory.Remove(this);
        _deactivated.TrySetResult();
    }

    [LoggerMessage(EventId = 10001, Level = LogLevel.Warning, Message = "Grain {GrainId} failed to activate")]
    private static partial void LogActivationFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 10002, Level = LogLevel.Warning, Message = "Grain {GrainId} failed in its deactivation")]
    private static partial void LogDeactivationFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 10003, Level = LogLevel.Warning, Message = "Grain {GrainId} is deactivated although {Running} calls still run after {Timeout}")]
    private static partial void LogStuck(ILogger logger, GrainId grainId, TimeSpan timeout, int running);
}
