using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Orleans.Hosting;

/// <summary>What silos and clients have in common: they call grains.</summary>
internal static class ProcessServices
{
    public static void Add<TMessaging>(IServiceCollection services)
        where TMessaging : MessagingOptions
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static _ => new GrainRegistry(GrainClassDiscovery.Classes));
        services.AddSingleton<MessagingOptions>(static provider => provider.GetRequiredService<IOptions<TMessaging>>().Value);
        services.AddSingleton<GrainCaller>();
        services.AddSingleton<IClusterClient, ClusterClient>();
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<IClusterClient>());
        AddOptions<TMessaging>(services);
    }

    public static void AddOptions<TOptions>(IServiceCollection services)
        where TOptions : class
    {
        services.AddOptions<TOptions>().ValidateOnStart();
        services.AddSingleton(typeof(IValidateOptions<TOptions>), typeof(EngineOptionsValidator));
    }
}
