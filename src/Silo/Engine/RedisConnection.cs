using Gateway.Silo.Settings;
using StackExchange.Redis;

namespace Gateway.Silo.Engine;

/// <summary>The options of the Redis client that both engines use.</summary>
internal static class RedisConnection
{
    public static ConfigurationOptions OptionsFor(RedisLocation location)
    {
        var options = ConfigurationOptions.Parse(string.Join(',', location.Endpoints.Select(endpoint => endpoint.ToString()).Concat(location.Options)));
        options.Password = location.Password;
        options.Ssl = location.Tls;
        options.DefaultDatabase = location.Database;

        // The start waits for Redis instead of failing.
        options.AbortOnConnectFail = false;
        return options;
    }
}
