namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>Runs turns on the thread of the test, in order, when it says so.</summary>
internal sealed class SimulatedTurns : TaskScheduler
{
    private readonly Queue<Task> _queue = [];

    public Task<T> Run<T>(Func<Task<T>> turn)
    {
        var task = Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();
        Drain();
        return task;
    }

    public void Drain()
    {
        while (_queue.TryDequeue(out var task))
        {
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task) => _queue.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _queue;
}
