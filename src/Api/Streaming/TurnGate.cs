namespace Gateway.Api.Streaming;

/// <summary>Lets one of two parties in at a time: one that waits for its turn, and one that only tries.</summary>
/// <remarks>A semaphore does the same at several times the cost, and this one is entered twice for every piece of every stream.</remarks>
internal sealed class TurnGate
{
    private const int Free = 0;
    private const int Taken = 1;
    private const int Awaited = 2;

    private int _state;
    private TaskCompletionSource? _waiter;

    public bool TryEnter() => Interlocked.CompareExchange(ref _state, Taken, Free) == Free;

    /// <summary>For one party only: there is never more than one that waits.</summary>
    public ValueTask EnterAsync() => TryEnter() ? ValueTask.CompletedTask : new ValueTask(WaitAsync());

    public void Leave()
    {
        if (Interlocked.CompareExchange(ref _state, Free, Taken) == Taken)
        {
            return;
        }

        // The turn passes to whoever waits; the state must say so before it goes on.
        var waiter = _waiter!;
        _waiter = null;
        Volatile.Write(ref _state, Taken);
        waiter.SetResult();
    }

    private Task WaitAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiter = waiter;
        while (true)
        {
            if (Interlocked.CompareExchange(ref _state, Awaited, Taken) == Taken)
            {
                return waiter.Task;
            }

            if (TryEnter())
            {
                _waiter = null;
                return Task.CompletedTask;
            }
        }
    }
}
