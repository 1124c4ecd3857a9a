namespace Orleans.Configuration;

/// <summary>How long activations live and how long their beginning and end may take.</summary>
public class GrainCollectionOptions
{
    /// <summary>An activation that nothing used for this long is deactivated. Default: 15 min.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the silo looks for such activations. Default: 1 min.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Reading state and OnActivateAsync together. Default: 30 s.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Waiting for running calls, and then OnDeactivateAsync. Default: 30 s each.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
