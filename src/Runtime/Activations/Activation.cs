using Orleans.Runtime.Timers;

namespace Orleans.Runtime.Activations;

/// <summary>
/// One instance of a grain and everything that runs in it.
/// <list type="number">
/// <item>Activating: a turn constructs the instance, reads its states and calls OnActivateAsync; requests wait. A failure goes to all
/// who wait, and the next call makes a new activation.</item>
/// <item>Valid: the <see cref="Mailbox"/> says which requests run; each starts as a turn of the <see cref="ActivationScheduler"/>.</item>
/// <item>Deactivating: timers stop, running requests end (at most the deactivation timeout), OnDeactivateAsync runs. Where it is the silo
/// that stops, calls that were forwarded to this activation are run first.</item>
/// <item>Gone: requests that waited go back to the router and to the next activation.</item>
/// </list>
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    private static readonly Action<object?> RunTurn = static request => Run((ActivationRequest)request!);

    private readonly Lock _gate = new();
    private readonly Mailbox _mailbox = new();
    private readonly HashSet<GrainTimer> _timers = [];
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActivationScheduler _scheduler;
    private readonly ActivationSettings _settings;
    private readonly ActivationDirectory _directory;
    private ActivationState _state = ActivationState.Activating;
    private AsyncServiceScope? _scope;
    private long _lastUsed;

    public Activation(GrainId id, GrainClass grainClass, ActivationDirectory directory, ActivationSettings settings, IGrainFactory grainFactory)
    {
        GrainId = id;
        GrainClass = grainClass;
        GrainFactory = grainFactory;
        _directory = directory;
        _settings = settings;
        _scheduler = new(this);
        _lastUsed = settings.Clock.GetTimestamp();
    }

    /// <summary>The activation whose turn this thread runs, or null.</summary>
    public static Activation? Current => (TaskScheduler.Current as ActivationScheduler)?.Activation;

    public GrainId GrainId { get; }

    public GrainClass GrainClass { get; }

    public IGrainFactory GrainFactory { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? _settings.Services;

    public Task Deactivated => _deactivated.Task;

    public TimeProvider Clock => _settings.Clock;

    public static Activation Of(IGrainContext? context) => context as Activation
        ?? throw new InvalidOperationException("The grain was not constructed by the silo, so that it has no activation.");

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => GrainId.ToString();

    public Delivery Receive(ActivationRequest request)
    {
        lock (_gate)
        {
            if (_state == ActivationState.Gone)
            {
                return Delivery.Gone;
            }

            if (_mailbox.Count >= _settings.MaxEnqueuedRequests)
            {
                return Delivery.Overloaded;
            }

            request.Activation = this;
            if (_state != ActivationState.Valid || !_mailbox.TryStart(request))
            {
                _mailbox.Enqueue(request);
                return Delivery.Accepted;
            }
        }

        _scheduler.Post(RunTurn, request);
        return Delivery.Accepted;
    }

    /// <summary>A tick is dropped when the activation is ending, and is not bounded: a timer has at most one.</summary>
    public void ReceiveTick(TimerTick tick)
    {
        lock (_gate)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Gone)
            {
                return;
            }

            tick.Activation = this;
            if (_state != ActivationState.Valid || !_mailbox.TryStart(tick))
            {
                _mailbox.Enqueue(tick);
                return;
            }
        }

        _scheduler.Post(RunTurn, tick);
    }

    /// <summary>The caller has given up: a waiting call goes, a running one is told so if <paramref name="cancelRunning"/>.</summary>
    public void Abandon(GrainCall call, bool cancelRunning)
    {
        lock (_gate)
        {
            if (_mailbox.TryRemoveWaiting(call))
            {
                return;
            }
        }

        if (cancelRunning)
        {
            Cancel(call);
        }
    }

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        if (Current != this)
        {
            throw new InvalidOperationException($"A timer of {GrainId} must be registered by the grain's own code, not from another thread or grain.");
        }

        var timer = new GrainTimer(this, callback, options, _settings.Logger);
        lock (_gate)
        {
            // Nobody would stop a timer of an activation that is ending.
            if (_state is ActivationState.Activating or ActivationState.Valid)
            {
                _timers.Add(timer);
                timer.Start();
            }
        }

        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    // Token callbacks are grain code, hence a turn.
    private void Cancel(ActivationRequest request) => _scheduler.Post(static state => ((ActivationRequest)state!).CancelRunning(), request);

    private static void Run(ActivationRequest request) => _ = request.Activation!.RunAsync(request);

    private async Task RunAsync(ActivationRequest request)
    {
        await request.RunAsync(GrainInstance!);
        lock (_gate)
        {
            _mailbox.Finish(request);
            if (request.KeepsAlive)
            {
                _lastUsed = Clock.GetTimestamp();
            }

            StartWaiting();
            EndIfIdle();
        }

        request.OnFinished();
    }

    // Under the lock.
    private void StartWaiting()
    {
        while (MayStart() && _mailbox.StartNext() is { } next)
        {
            _scheduler.Post(RunTurn, next);
        }
    }

    // A stopping silo ends one activation after the other: a call that has already waited at one of them would never be run.
    private bool MayStart() => _state == ActivationState.Valid
        || (_state == ActivationState.Deactivating && !_ending && _reason.ReasonCode == DeactivationReasonCode.ShuttingDown && _mailbox.HoldsForwardedCall);
}
