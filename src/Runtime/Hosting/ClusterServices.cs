using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Orleans.Hosting;

/// <summary>What a process needs to be one of several. The store is added by whoever says where the members are listed.</summary>
internal static class ClusterServices
{
    public static void AddSilo(IServiceCollection services)
    {
        if (TryAddShared(services))
        {
            services.AddSingleton<MembershipAgent>();
            services.AddSingleton<SiloMembership>();
            services.AddSingleton<LateCalls>();
            services.AddSingleton<SiloRequestHandler>();
            services.TryAddSingleton<ISiloListener, SiloServer>();
        }
    }

    public static void AddClient(IServiceCollection services)
    {
        if (TryAddShared(services))
        {
            services.AddHostedService<ClientMembership>();
        }
    }

    private static bool TryAddShared(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(ClusterViews)))
        {
            return false;
        }

        services.AddSingleton<ClusterViews>();
        services.AddSingleton<IClusterMembershipService>(static provider => provider.GetRequiredService<ClusterViews>());
        services.AddSingleton<ClusterSecret>();
        services.AddSingleton<CallCredentials>();
        services.AddSingleton(static provider => new ViewBuilder(
            provider.GetRequiredService<ClusterSecret>(), provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ISiloTransport, HttpSiloTransport>();
        services.AddSingleton<FailureDetector>();
        services.AddSingleton<ClusterRouter>();
        services.Replace(ServiceDescriptor.Singleton<IGrainCallRouter>(static provider => provider.GetRequiredService<ClusterRouter>()));
        ProcessServices.AddOptions<ClusterTransportOptions>(services);
        return true;
    }
}
