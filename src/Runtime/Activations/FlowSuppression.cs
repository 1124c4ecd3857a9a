namespace Orleans.Runtime.Activations;

/// <summary>Keeps a caller's async locals out of the turns and timers that it causes.</summary>
internal readonly ref struct FlowSuppression
{
    private readonly AsyncFlowControl _flow;
    private readonly bool _suppressed;

    private FlowSuppression(AsyncFlowControl flow)
    {
        _flow = flow;
        _suppressed = true;
    }

    public static FlowSuppression Begin() => ExecutionContext.IsFlowSuppressed() ? default : new(ExecutionContext.SuppressFlow());

    public void Dispose()
    {
        if (_suppressed)
        {
            _flow.Undo();
        }
    }
}
