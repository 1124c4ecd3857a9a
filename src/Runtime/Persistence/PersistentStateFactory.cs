using Orleans.Storage;

namespace Orleans.Runtime.Persistence;

/// <summary>Makes the state that a constructor parameter asks for.</summary>
internal static class PersistentStateFactory
{
    public const string DefaultStorageName = "Default";

    public static object Create(Type stateType, PersistentStateAttribute attribute, GrainId grainId, IServiceProvider services)
    {
        var storageName = attribute.StorageName ?? DefaultStorageName;
        var storage = services.GetKeyedService<IGrainStorage>(storageName)
            ?? (attribute.StorageName is null ? services.GetService<IGrainStorage>() : null)
            ?? throw new OrleansConfigurationException(
                $"Grain {grainId} keeps state '{attribute.StateName}' in storage '{storageName}', which is not registered as a keyed {nameof(IGrainStorage)}.");
        return Activator.CreateInstance(typeof(PersistentState<>).MakeGenericType(stateType), attribute.StateName, grainId, storage)!;
    }
}
