using Orleans.Clustering.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

public static class RedisClusteringISiloBuilderExtensions
{
    /// <summary>Makes the silo a member of the cluster that this Redis lists.</summary>
    public static ISiloBuilder UseRedisClustering(this ISiloBuilder builder, Action<RedisClusteringOptions> configuration)
    {
        ClusterServices.AddSilo(builder.Services);
        RedisClusteringServices.Add(builder.Services, configuration);
        return builder;
    }

    /// <inheritdoc cref="UseRedisClustering(ISiloBuilder, Action{RedisClusteringOptions})"/>
    public static ISiloBuilder UseRedisClustering(this ISiloBuilder builder, string redisConnectionString) =>
        builder.UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(redisConnectionString));
}
