using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Clustering.Redis;
using Orleans.Runtime.Membership;

namespace Orleans.Hosting;

internal static class RedisClusteringServices
{
    public static void Add(IServiceCollection services, Action<RedisClusteringOptions> configuration)
    {
        services.Configure(configuration);
        services.TryAddSingleton<IMembershipStore, RedisMembershipStore>();
        ProcessServices.AddOptions<RedisClusteringOptions>(services);
    }
}
