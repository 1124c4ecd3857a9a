using System.Net;
using Gateway.Silo.Engine;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Engine;

public sealed class RedisConnectionTests
{
    [Fact]
    public void Everything_reaches_the_client_and_a_start_without_redis_goes_on()
    {
        var options = RedisConnection.OptionsFor(new RedisLocation
        {
            Endpoints = [new RedisEndpoint("10.0.0.1", 7000), new RedisEndpoint("::1", 7001), new RedisEndpoint("redis", 7002)],
            Password = "p,w=1",
            Tls = true,
            Database = 3,
            Options = ["connectTimeout=2000"],
        });

        options.EndPoints.Should().Equal(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7000), new IPEndPoint(IPAddress.IPv6Loopback, 7001), new DnsEndPoint("redis", 7002));
        options.Should().BeEquivalentTo(new { Password = "p,w=1", Ssl = true, DefaultDatabase = 3, ConnectTimeout = 2000, AbortOnConnectFail = false });
    }
}
