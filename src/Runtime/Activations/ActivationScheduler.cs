namespace Orleans.Runtime.Activations;

/// <summary>
/// Runs the turns of one activation one after the other on pool threads. A continuation of grain code comes back here because await
/// captures the current scheduler.
/// </summary>
internal sealed class ActivationScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    // A busy activation gives its thread back after this many turns, so that it cannot starve the others.
    private const int TurnsPerSlice = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Task> _turns = new();
    private bool _scheduled;

    public override int MaximumConcurrencyLevel => 1;

    public Activation Activation { get; } = activation;

    /// <summary>Runs an action as a turn, without the caller's async locals.</summary>
    public void Post(Action<object?> action, object? state)
    {
        using var noFlow = FlowSuppression.Begin();
        new Task(action, state).Start(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var turn = 0; turn < TurnsPerSlice; turn++)
        {
            Task? next;
            lock (_gate)
            {
                if (!_turns.TryDequeue(out next))
                {
                    _scheduled = false;
                    return;
                }
            }

            TryExecuteTask(next);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _turns.Enqueue(task);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    // Only a thread that is already in a turn of this activation may run more of it at once.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _turns];
        }
    }
}
