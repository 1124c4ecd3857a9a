using System.Net;
using System.Net.Sockets;
using Gateway.Api.Startup.Stopping;

namespace Gateway.Api.Tests.Startup;

public sealed class ListenSocketsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Whoever_waits_is_taken_before_the_listener_closes_and_whoever_comes_then_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Socket filters are Linux's.");
        var sockets = new ListenSockets(TimeProvider.System);
        using var listener = sockets.Create(new IPEndPoint(IPAddress.Loopback, 0), Bind);
        listener.Listen();
        using var waiting = new TcpClient();
        await waiting.ConnectAsync((IPEndPoint)listener.LocalEndPoint!);

        var emptying = sockets.EmptyAsync(TestContext.Current.CancellationToken);
        using var late = new TcpClient();
        var connecting = late.ConnectAsync((IPEndPoint)listener.LocalEndPoint!);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        emptying.IsCompleted.Should().BeFalse("somebody waits");
        connecting.IsCompleted.Should().BeFalse("nobody new is let in");

        using var taken = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        await emptying.WaitAsync(Patience, TestContext.Current.CancellationToken);
        listener.Close();

        await taken.SendAsync("served"u8.ToArray());
        var read = new byte[16];
        (await waiting.GetStream().ReadAsync(read, TestContext.Current.CancellationToken)).Should().Be(6);
        (await FluentActions.Awaiting(() => connecting.WaitAsync(Patience)).Should().ThrowAsync<SocketException>())
            .Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task Whoever_waits_for_ever_does_not_hold_up_the_end()
    {
        var sockets = new ListenSockets(TimeProvider.System);
        using var listener = sockets.Create(new IPEndPoint(IPAddress.Loopback, 0), Bind);
        listener.Listen();
        using var waiting = new TcpClient();
        await waiting.ConnectAsync((IPEndPoint)listener.LocalEndPoint!);

        await sockets.EmptyAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_listener_that_is_gone_is_nothing_to_wait_for()
    {
        var sockets = new ListenSockets(TimeProvider.System);
        sockets.Create(new IPEndPoint(IPAddress.Loopback, 0), Bind).Dispose();

        await sockets.EmptyAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private static Socket Bind(EndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endpoint);
        return socket;
    }
}
