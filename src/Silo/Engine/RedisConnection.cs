using System.Net;
using Gateway.Silo.Settings;
using StackExchange.Redis;

namespace Gateway.Silo.Engine;

/// <summary>The options of the Redis client that both engines use.</summary>
internal static class RedisConnection
{
    public static ConfigurationOptions OptionsFor(RedisLocation location)
    {
        var options = location.Options.IsEmpty ? new ConfigurationOptions() : ConfigurationOptions.Parse(string.Join(',', location.Options));
        foreach (var endpoint in location.Endpoints)
        {
            // Not by the client's own reading, which loses addresses of IPv6.
            options.EndPoints.Add(IPAddress.TryParse(endpoint.Host, out var address) ? new IPEndPoint(address, endpoint.Port) : new DnsEndPoint(endpoint.Host, endpoint.Port));
        }

        options.Password = location.Password;
        options.Ssl = location.Tls;
        options.DefaultDatabase = location.Database;

        // The start waits for Redis instead of failing.
        options.AbortOnConnectFail = false;
        return options;
    }
}
