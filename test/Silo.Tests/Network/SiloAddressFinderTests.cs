using System.Net;
using System.Net.NetworkInformation;
using Gateway.Silo.Network;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Network;

public sealed class SiloAddressFinderTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    public async Task With_redis_on_loopback_it_is_loopback(string host) => (await FindAsync(host)).Should().Be(IPAddress.Loopback);

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("no-such-host.invalid")]
    public async Task Else_it_is_an_address_of_this_machine_also_while_the_name_is_not_known(string host)
    {
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(nic => nic.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address);

        own.Should().Contain(await FindAsync(host));
    }

    private static Task<IPAddress> FindAsync(string host) =>
        SiloAddressFinder.FindAsync(new RedisLocation { Endpoints = [new RedisEndpoint(host, 6379)] }, CancellationToken.None);
}
