using System.Net;
using System.Net.Sockets;
using Gateway.Grains.Network;

namespace Gateway.Grains.Tests.Network;

public sealed class GuardedDialerTests
{
    [Fact]
    public async Task A_refused_address_is_not_dialled_and_the_reason_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = Client(allowPrivate: false);

        var call = () => http.GetAsync(new Uri($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/"), TestContext.Current.CancellationToken);

        var problem = (await call.Should().ThrowAsync<HttpRequestException>()).Which;
        problem.InnerException.Should().BeOfType<AddressRefusedException>().Which.Message.Should().Contain("GATEWAY_PRIVATE_UPSTREAMS");
        listener.Pending().Should().BeFalse();
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://0.0.0.0/")]
    public async Task Metadata_and_link_local_hosts_are_never_dialled(string url)
    {
        using var http = Client(allowPrivate: true);

        var call = () => http.GetAsync(new Uri(url), TestContext.Current.CancellationToken);

        (await call.Should().ThrowAsync<HttpRequestException>()).WithInnerException<AddressRefusedException>();
    }

    [Fact]
    public async Task An_allowed_address_is_dialled()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = Client(allowPrivate: true);

        var answer = http.GetStringAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), TestContext.Current.CancellationToken);
        using var peer = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await peer.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), TestContext.Current.CancellationToken);

        (await answer).Should().Be("ok");
    }

    private static HttpClient Client(bool allowPrivate) => new(new SocketsHttpHandler
    {
        ConnectCallback = new GuardedDialer(new AddressPolicy(allowPrivate)).ConnectAsync,
        UseProxy = false,
    });
}
