namespace Gateway.Testing;

/// <summary>
/// Knows when all that was begun through it has ended or waits for the clock (a fake one), another thread or the test: then the clock may go
/// on. What leaves the context (<c>ConfigureAwait(false)</c>, <c>Task.Run</c>) is not counted, nor is a step through the thread pool before the
/// context is entered again (<c>Task.WaitAsync</c> on a source that completes asynchronously): these get a moment.
/// </summary>
public sealed class WorkCounter : SynchronizationContext
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private TaskCompletionSource _done = Completed();
    private int _pending;
    private int _posted;

    public T Run<T>(Func<T> work)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            return work();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <exception cref="TimeoutException">Something blocks its thread.</exception>
    public async Task DoneAsync()
    {
        int posted;
        do
        {
            (posted, var pending) = State;
            await pending.WaitAsync(Eventually.DefaultBound, TimeProvider.System).ConfigureAwait(false);
            await Task.Delay(Moment, TimeProvider.System).ConfigureAwait(false);
        }
        while (State is var (later, unfinished) && (later != posted || !unfinished.IsCompleted));
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _posted++;
            if (_pending++ == 0)
            {
                _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        ThreadPool.QueueUserWorkItem(
            _ =>
            {
                try
                {
                    Run(() => d(state));
                }
                finally
                {
                    Leave();
                }
            },
            null);
    }

    public override SynchronizationContext CreateCopy() => this;

    private (int Posted, Task Done) State
    {
        get
        {
            lock (_gate)
            {
                return (_posted, _done.Task);
            }
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_pending == 0)
            {
                _done.SetResult();
            }
        }
    }
}
