using StackExchange.Redis;

namespace Orleans.Clustering.Redis;

/// <summary>The Redis that lists the members of the cluster.</summary>
public class RedisClusteringOptions
{
    /// <summary>Required.</summary>
    public ConfigurationOptions? ConfigurationOptions { get; set; }
}
