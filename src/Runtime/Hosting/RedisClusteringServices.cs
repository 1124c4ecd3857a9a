using Microsoft.Extensions.DependencyInjection;
using Orleans.Clustering.Redis;

namespace Orleans.Hosting;

internal static class RedisClusteringServices
{
    public static void Add(IServiceCollection services, Action<RedisClusteringOptions> configuration)
    {
        services.Configure(configuration);
        ProcessServices.AddOptions<RedisClusteringOptions>(services);
    }
}
