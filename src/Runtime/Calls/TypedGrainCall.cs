namespace Orleans.Runtime.Calls;

/// <summary>A call with the type of its result.</summary>
internal sealed class GrainCall<TResult>(GrainCaller caller, GrainId target, GrainMethod<TResult> method, object?[] arguments, CancellationToken callerToken)
    : GrainCall(caller, target, method, arguments, callerToken)
{
    // Without this the caller would go on inside the grain's turn.
    private readonly TaskCompletionSource<TResult> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Response => _response.Task;

    protected override bool IsCompleted => _response.Task.IsCompleted;

    protected override async Task InvokeAsync(object grain)
    {
        var result = await method.InvokeAsync(grain, Arguments);
        if (_response.TrySetResult(result))
        {
            StopWaiting();
        }
    }

    protected override bool TrySetException(Exception exception)
    {
        if (Method.IsOneWay)
        {
            return _response.TrySetResult(default!);
        }

        var ended = exception is OperationCanceledException canceled
            ? _response.TrySetCanceled(canceled.CancellationToken)
            : _response.TrySetException(exception);
        return Ended(ended);
    }

    protected override bool TrySetCanceled(CancellationToken token) => Ended(_response.TrySetCanceled(token));

    private bool Ended(bool ended)
    {
        if (ended)
        {
            StopWaiting();
        }

        return ended;
    }
}
