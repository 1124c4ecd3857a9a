namespace Orleans.Runtime.Activations;

/// <summary>Something that an activation runs as a turn: a call or a timer tick.</summary>
internal abstract class ActivationRequest
{
    protected ActivationRequest() => Node = new(this);

    /// <summary>Its place among the waiting or the running; made once, so that moving allocates nothing.</summary>
    public LinkedListNode<ActivationRequest> Node { get; }

    public Activation? Activation { get; set; }

    public abstract Interleaving Interleaving { get; }

    /// <summary>Whether running it counts as use of the grain.</summary>
    public abstract bool KeepsAlive { get; }

    /// <summary>Runs on the activation's scheduler. Reports its failure itself and never throws.</summary>
    public abstract Task RunAsync(object grain);

    /// <summary>After the activation has forgotten it, so that it may be received again.</summary>
    public virtual void OnFinished()
    {
    }

    /// <summary>Asks a running request to end. On the activation's scheduler.</summary>
    public virtual void CancelRunning()
    {
    }

    /// <summary>It will not run. Called at most once.</summary>
    public virtual void Reject(Exception reason)
    {
    }
}
