namespace Orleans.Runtime.Activations;

internal enum ActivationState
{
    /// <summary>Constructing, reading state, in OnActivateAsync: requests wait.</summary>
    Activating,

    /// <summary>Requests run.</summary>
    Valid,

    /// <summary>Running requests end, new ones wait for the next activation.</summary>
    Deactivating,

    /// <summary>Takes nothing; whoever still holds it asks the directory again.</summary>
    Gone,
}

/// <summary>What an activation did with a request.</summary>
internal enum Delivery
{
    Accepted,
    Overloaded,
    Gone,
}
