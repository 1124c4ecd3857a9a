namespace Orleans.Runtime.Calls;

/// <summary>What every reference of a process needs to make a call.</summary>
internal sealed class GrainCaller(IGrainCallRouter router, TimeProvider clock, ILoggerFactory loggers, MessagingOptions options)
{
    public IGrainCallRouter Router { get; } = router;

    public TimeProvider Clock { get; } = clock;

    public ILogger Logger { get; } = loggers.CreateLogger("Orleans.Calls");

    public TimeSpan ResponseTimeout { get; } = options.ResponseTimeout;
}
