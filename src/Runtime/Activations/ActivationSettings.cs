namespace Orleans.Runtime.Activations;

/// <summary>What all activations of a silo share.</summary>
internal sealed class ActivationSettings(
    IServiceProvider services,
    TimeProvider clock,
    ILoggerFactory loggers,
    IOptions<SiloMessagingOptions> messaging,
    IOptions<GrainCollectionOptions> collection)
{
    public IServiceProvider Services { get; } = services;

    public TimeProvider Clock { get; } = clock;

    public ILogger Logger { get; } = loggers.CreateLogger("Orleans.Grain");

    public int MaxEnqueuedRequests { get; } = messaging.Value.MaxEnqueuedRequestsHardLimit;

    public TimeSpan ActivationTimeout { get; } = collection.Value.ActivationTimeout;

    public TimeSpan DeactivationTimeout { get; } = collection.Value.DeactivationTimeout;
}
