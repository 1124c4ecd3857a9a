namespace Orleans.Runtime;

/// <summary>Injects a named state of the activation into a constructor parameter of type <see cref="IPersistentState{TState}"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    public string StateName { get; } = stateName;

    /// <summary>The name of the storage provider; null is the default one.</summary>
    public string? StorageName { get; } = storageName;
}
