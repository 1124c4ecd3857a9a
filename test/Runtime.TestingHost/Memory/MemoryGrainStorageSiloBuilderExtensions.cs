using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Persistence;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Storage that is lost with the process.</summary>
public static class MemoryGrainStorageSiloBuilderExtensions
{
    public static ISiloBuilder AddMemoryGrainStorage(
        this ISiloBuilder builder, string name, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<MemoryGrainStorageOptions>(name));
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, static (_, _) => new MemoryGrainStorage());
        return builder;
    }

    public static ISiloBuilder AddMemoryGrainStorageAsDefault(
        this ISiloBuilder builder, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null) =>
        builder.AddMemoryGrainStorage(PersistentStateFactory.DefaultStorageName, configureOptions);
}
