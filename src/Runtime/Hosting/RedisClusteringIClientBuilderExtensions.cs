using Orleans.Clustering.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

public static class RedisClusteringIClientBuilderExtensions
{
    /// <summary>Lets the client find the silos of the cluster that this Redis lists.</summary>
    public static IClientBuilder UseRedisClustering(this IClientBuilder builder, Action<RedisClusteringOptions> configuration)
    {
        RedisClusteringServices.Add(builder.Services, configuration);
        return builder;
    }

    /// <inheritdoc cref="UseRedisClustering(IClientBuilder, Action{RedisClusteringOptions})"/>
    public static IClientBuilder UseRedisClustering(this IClientBuilder builder, string redisConnectionString) =>
        builder.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(redisConnectionString));
}
