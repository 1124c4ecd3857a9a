using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Membership;
using Orleans.Runtime.Transport;

namespace Orleans.TestingHost.InMemory;

internal static class InMemoryClustering
{
    public static ISiloBuilder UseInMemoryClustering(this ISiloBuilder silo, InMemoryCluster cluster)
    {
        Add(silo.Services, cluster);
        silo.Services.TryAddSingleton<ISiloListener, InMemoryListener>();
        ClusterServices.AddSilo(silo.Services);
        return silo;
    }

    public static void AddTo(IServiceCollection client, InMemoryCluster cluster) => Add(client, cluster);

    private static void Add(IServiceCollection services, InMemoryCluster cluster)
    {
        services.AddSingleton(cluster);
        services.AddSingleton<IMembershipStore, InMemoryMembershipStore>();
        services.AddSingleton<ISiloTransport, InMemoryTransport>();
        services.Configure<ClusterTransportOptions>(options => options.Secret = "the secret of an in-memory cluster");
    }
}
