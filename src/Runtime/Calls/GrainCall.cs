namespace Orleans.Runtime.Calls;

/// <summary>
/// One call under way. Exactly one of these ends it for its caller: the method's result or exception, a rejection, the response
/// timeout, the caller's cancellation. A call that has ended for its caller before it started never runs.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer or links holds nothing to dispose, and the grain may still use its token.")]
internal abstract partial class GrainCall(
    GrainCaller caller, GrainId target, GrainMethod method, object?[] arguments, TimeSpan? timeout, CancellationToken callerToken)
    : ActivationRequest
{
    // An answer that is still on its way is not missed for being a little late: the silo has the same deadline.
    private static readonly TimeSpan TransitGrace = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _timeout = timeout ?? method.ResponseTimeout ?? caller.ResponseTimeout;
    private readonly long _started = caller.Clock.GetTimestamp();
    private CancellationTokenSource? _running;
    private CancellationTokenRegistration _callerCancellation;
    private ITimer? _deadline;
    private CancellationTokenSource? _transit;

    public GrainId Target { get; } = target;

    public GrainMethod Method { get; } = method;

    /// <summary>Whether grain code makes the call, so that a draining silo still takes it.</summary>
    public bool FromGrain { get; } = Activation.Current is not null;

    /// <summary>How many ended activations it has waited at, and silos that do not own the grain it has been to.</summary>
    public int Forwards { get; set; }

    public TimeSpan Remaining => _timeout - caller.Clock.GetElapsedTime(_started);

    /// <summary>Completes with the end of the call for its caller.</summary>
    public abstract Task Ended { get; }

    public bool IsCompleted => Ended.IsCompleted;

    public object?[] Arguments { get; } = arguments;

    public override Interleaving Interleaving => Method.Interleaving;

    public override bool KeepsAlive => true;

    public void Send()
    {
        caller.Router.Send(this);
        if (!Method.IsOneWay && !IsCompleted)
        {
            ExpectResponse();
        }
    }

    /// <summary>Writes the result of a call that has ended well.</summary>
    public abstract void WriteResult(Utf8JsonWriter writer);

    /// <summary>Ends the call with the result that the reader stands at.</summary>
    public abstract void ReadResult(ref Utf8JsonReader reader);

    /// <summary>For a call that leaves the process: cancelled when nobody waits for its answer any more.</summary>
    public CancellationToken BeginTransit()
    {
        _transit = new();
        if (callerToken.IsCancellationRequested)
        {
            _transit.Cancel();
        }

        return _transit.Token;
    }

    public void EndTransit() => _transit?.Cancel();

    public override void Reject(Exception reason)
    {
        if (Method.IsOneWay)
        {
            LogOneWayFailed(caller.Logger, reason, Target, Method);
        }

        TrySetException(reason);
    }

    public override async Task RunAsync(object grain)
    {
        if (IsCompleted)
        {
            return;
        }

        try
        {
            if (Method.TokenIndex >= 0)
            {
                _running = new();
                Arguments[Method.TokenIndex] = _running.Token;
                if (callerToken.IsCancellationRequested)
                {
                    CancelRunning();
                }
            }

            await InvokeAsync(grain);
        }
        catch (OperationCanceledException) when (IsToBeMoved() && caller.Router is ClusterRouter router && router.TrySendElsewhere(this))
        {
            // A wait that the silo ended because the grain has moved goes on where it is now.
        }
        catch (Exception exception)
        {
            DeactivateIfInconsistent(exception);
            Reject(exception);
        }
    }

    public override void CancelRunning()
    {
        try
        {
            _running?.Cancel();
        }
        catch (AggregateException exception)
        {
            LogCancellationFailed(caller.Logger, exception, Target, Method);
        }
    }

    public override string ToString() => $"{Target} {Method}";

    /// <summary>Runs the method and sets its result.</summary>
    protected abstract Task InvokeAsync(object grain);

    protected abstract bool TrySetException(Exception exception);

    protected abstract bool TrySetCanceled(CancellationToken token);

    /// <summary>Whoever ends the call drops what waits for another end.</summary>
    protected void StopWaiting()
    {
        _deadline?.Dispose();
        _callerCancellation.Unregister();
    }

    private void ExpectResponse()
    {
        using (FlowSuppression.Begin())
        {
            _deadline = caller.Clock.CreateTimer(
                static call => ((GrainCall)call!).TimeOut(), this, Remaining > TimeSpan.Zero ? Remaining : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            if (callerToken.CanBeCanceled)
            {
                _callerCancellation = callerToken.UnsafeRegister(static call => ((GrainCall)call!).CancelByCaller(), this);
            }
        }

        // The end may have come between the check and the set-up, and then had nothing to stop.
        if (IsCompleted)
        {
            StopWaiting();
        }
    }

    private bool IsToBeMoved() => Interleaving == Interleaving.Always && !IsCompleted && _running is { IsCancellationRequested: true };

    private void TimeOut()
    {
        if (TrySetException(new TimeoutException($"{this} did not answer within {_timeout}.")))
        {
            _transit?.CancelAfter(TransitGrace);
            Activation?.Abandon(this, cancelRunning: false);
        }
    }

    private void CancelByCaller()
    {
        if (TrySetCanceled(callerToken))
        {
            EndTransit();
            Activation?.Abandon(this, cancelRunning: true);
        }
    }

    // The activation's copy of the state is out of date: its next call must start from a fresh read.
    private void DeactivateIfInconsistent(Exception exception)
    {
        if (exception is Storage.InconsistentStateException { SourceDeactivated: false } inconsistent)
        {
            inconsistent.SourceDeactivated = true;
            var reason = new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "Another activation wrote the state.");
            Activation!.Deactivate(reason, CancellationToken.None);
        }
    }

    [LoggerMessage(EventId = 10030, Level = LogLevel.Warning, Message = "One-way call {GrainId} {Method} failed")]
    private static partial void LogOneWayFailed(ILogger logger, Exception exception, GrainId grainId, GrainMethod method);

    [LoggerMessage(EventId = 10031, Level = LogLevel.Warning, Message = "A cancellation callback of {GrainId} {Method} failed")]
    private static partial void LogCancellationFailed(ILogger logger, Exception exception, GrainId grainId, GrainMethod method);
}
