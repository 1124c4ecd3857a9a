namespace Orleans;

/// <summary>Base class of grains: one activation runs one turn at a time.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain()
    {
        // Null when a test constructs a grain by hand, as in Orleans.
        GrainContext = Activation.Current!;
    }

    public IGrainContext GrainContext { get; }

    public string IdentityString => GrainContext.GrainId.ToString();

    protected IGrainFactory GrainFactory => Activation.Of(GrainContext).GrainFactory;

    protected IServiceProvider ServiceProvider => Activation.Of(GrainContext).ActivationServices;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation when the running calls are done; calls that wait go to a new one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);
}
