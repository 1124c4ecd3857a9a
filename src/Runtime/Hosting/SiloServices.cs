using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Activations;
using Orleans.Runtime.Calls;
using Orleans.Runtime.Management;
using Orleans.Runtime.Registration;

namespace Orleans.Hosting;

/// <summary>What a silo is made of. Adding it twice adds nothing.</summary>
internal static class SiloServices
{
    public static ISiloBuilder Add(IServiceCollection services, IConfiguration configuration)
    {
        if (services.All(service => service.ServiceType != typeof(Silo)))
        {
            AddCore(services);
        }

        return new SiloBuilder(services, configuration);
    }

    private static void AddCore(IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Silo>();
        services.AddHostedService(static provider => provider.GetRequiredService<Silo>());
        services.AddSingleton<ActivationSettings>();
        services.AddSingleton<ActivationDirectory>();
        services.AddSingleton<ActivationCollector>();
        services.AddSingleton<IGrainCallRouter>(static provider => provider.GetRequiredService<ActivationDirectory>());
        services.AddSingleton(static _ => new GrainRegistry(GrainClassDiscovery.Classes));
        services.AddSingleton<GrainCaller>();
        services.AddSingleton<IClusterClient, ClusterClient>();
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<IClusterClient>());
        services.AddSingleton<ILocalSiloDetails, LocalSiloDetails>();
        AddOptions<SiloMessagingOptions>(services);
        AddOptions<GrainCollectionOptions>(services);
        AddOptions<EndpointOptions>(services);
    }

    private static void AddOptions<TOptions>(IServiceCollection services)
        where TOptions : class
    {
        services.AddOptions<TOptions>().ValidateOnStart();
        services.AddSingleton(typeof(IValidateOptions<TOptions>), typeof(EngineOptionsValidator));
    }
}
