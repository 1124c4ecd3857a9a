using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Clustering.Redis;

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
