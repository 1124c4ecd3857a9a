using System.Net;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Grains.Manifests;
using Gateway.Grains.Network;
using Gateway.Silo.Settings;
using Gateway.Testing.Tls;
using Gateway.Testing.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Forwarding.Upstream;

public sealed class UpstreamConnectionsTests
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    [Fact]
    public void Entries_of_one_origin_share_their_connections()
    {
        using var connections = Connections();

        var pool = connections.For(Target("http://127.0.0.1:1"), Connect);

        connections.For(Target("http://127.0.0.1:1"), Connect).Should().BeSameAs(pool);
        connections.For(Target("http://127.0.0.1:2"), Connect).Should().NotBeSameAs(pool);
        connections.For(Target("http://127.0.0.1:1"), Connect * 2).Should().NotBeSameAs(pool);
        connections.For(Target("http://127.0.0.1:1", carriesSecret: false), Connect).Should().NotBeSameAs(pool, "without a secret other addresses are allowed");
    }

    [Theory]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://[fe80::1]")]
    [InlineData("http://0.0.0.0")]
    public async Task Forbidden_addresses_are_refused_when_they_are_dialled(string origin)
    {
        using var connections = Connections();

        var send = () => SendAsync(connections, Target(origin, carriesSecret: false));

        (await send.Should().ThrowAsync<HttpRequestException>()).Which.InnerException.Should().BeOfType<AddressRefusedException>();
    }

    [Fact]
    public async Task Private_addresses_are_refused_where_the_setting_says_so()
    {
        await using var upstream = ScriptedUpstream.Start();
        using var connections = Connections(allowPrivate: false);

        var send = () => SendAsync(connections, Target(upstream.Origin));

        (await send.Should().ThrowAsync<HttpRequestException>()).Which.InnerException.Should().BeOfType<AddressRefusedException>();
        upstream.ConnectionCount.Should().Be(0);
    }

    [Fact]
    public async Task Only_https_goes_through_the_proxy_and_the_proxy_resolves_the_name()
    {
        await using var plain = ScriptedUpstream.Start();
        await using var proxy = ConnectProxy.To(plain.Port);
        using var connections = Connections(proxy: new Uri(proxy.Url));

        var tunnelled = () => SendAsync(connections, Target("https://api.provider.invalid"));
        (await SendAsync(connections, Target(plain.Origin))).Should().Be(HttpStatusCode.OK);
        await tunnelled.Should().ThrowAsync<HttpRequestException>("the tunnel leads to an upstream without TLS");

        proxy.Targets.Should().Equal("api.provider.invalid:443");
    }

    private static async Task<HttpStatusCode> SendAsync(UpstreamConnections connections, UpstreamTarget target)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(target.Origin, "/v1/chat/completions"));
        message.Content = new StringContent(Calls.ChatBody());
        using var response = await connections.For(target, Connect).SendAsync(message, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static UpstreamConnections Connections(bool allowPrivate = true, Uri? proxy = null) => new(
        Options.Create(new ManifestOptions { AllowPrivateUpstreams = allowPrivate }),
        Options.Create(new UpstreamProxyOptions { Address = proxy }));

    private static UpstreamTarget Target(string origin, bool carriesSecret = true) => new()
    {
        Origin = new Uri(origin),
        Addresses = [],
        Headers = [],
        KeyFingerprint = null,
        CarriesSecret = carriesSecret,
        Secrets = [],
    };
}
