namespace Orleans.Runtime.Calls;

/// <summary>A call with the type of its result.</summary>
internal sealed class GrainCall<TResult>(
    GrainCaller caller, GrainId target, GrainMethod<TResult> method, object?[] arguments, TimeSpan? timeout, CancellationToken callerToken)
    : GrainCall(caller, target, method, arguments, timeout, callerToken)
{
    // Without this the caller would go on inside the grain's turn.
    private readonly TaskCompletionSource<TResult> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Response => _response.Task;

    public override Task Ended => _response.Task;

    [SuppressMessage("Usage", "VSTHRD002", Justification = "The call has ended.")]
    public override void WriteResult(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, _response.Task.Result, method.ResultType);

    public override void ReadResult(ref Utf8JsonReader reader) => SetResult(JsonSerializer.Deserialize(ref reader, method.ResultType)!);

    protected override async Task InvokeAsync(object grain) => SetResult(await method.InvokeAsync(grain, Arguments));

    protected override bool TrySetException(Exception exception)
    {
        if (Method.IsOneWay)
        {
            return _response.TrySetResult(default!);
        }

        var ended = exception is OperationCanceledException canceled
            ? _response.TrySetCanceled(canceled.CancellationToken)
            : _response.TrySetException(exception);
        return Ending(ended);
    }

    protected override bool TrySetCanceled(CancellationToken token) => Ending(_response.TrySetCanceled(token));

    private void SetResult(TResult result) => Ending(_response.TrySetResult(result));

    private bool Ending(bool ended)
    {
        if (ended)
        {
            StopWaiting();
        }

        return ended;
    }
}
