using System.Net;
using Gateway.Silo.Engine;
using Gateway.Silo.Tests.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Gateway.Silo.Tests.Engine;

public sealed class SiloEndpointsTests
{
    [Theory]
    [InlineData("10.0.0.1", "0.0.0.0:11111", "0.0.0.0:30000")]
    [InlineData("fd00::1", "[::]:11111", "[::]:30000")]
    [InlineData("127.0.0.1", null, null)]
    [InlineData("::1", null, null)]
    public void A_silo_listens_on_every_address_of_the_family_of_its_own_and_on_loopback_nowhere_else(string address, string? silo, string? gateway)
    {
        using var home = new TemporaryFolder();
        var settings = SettingsFor.Valid(
            home,
            ("REDIS_URL", "redis://localhost"),
            ("DATABASE_URL", "postgres://u:p@localhost/d"),
            ("CLUSTER_SECRET", new string('s', 32)),
            ("GATEWAY_ADMIN_KEY", new string('k', 32)),
            ("METIS_STATUS_URL", "http://127.0.0.1/"),
            ("Gateway__Cluster__AllowPlaintext", "true"),
            ("SILO_ADDRESS", address));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

        ActorEngine.UseSilo(builder, settings);

        using var host = builder.Build();
        var endpoints = host.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        endpoints.AdvertisedIPAddress.Should().Be(IPAddress.Parse(address));
        endpoints.SiloListeningEndpoint.Should().Be(silo is null ? null : IPEndPoint.Parse(silo));
        endpoints.GatewayListeningEndpoint.Should().Be(gateway is null ? null : IPEndPoint.Parse(gateway));
    }
}
