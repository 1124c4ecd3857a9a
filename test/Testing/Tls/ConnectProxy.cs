using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Testing.Tls;

/// <summary>
/// An HTTPS proxy that leads every CONNECT to one local upstream. With it a gateway may be given real provider URLs:
/// the names stay as printed, the bytes stay on this machine.
/// </summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> targets = new();
    private readonly ConcurrentBag<Task> tunnels = [];
    private readonly int destination;
    private readonly Task accepting;

    private ConnectProxy(int destination)
    {
        this.destination = destination;
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>The <c>host:port</c> of every CONNECT.</summary>
    public IReadOnlyCollection<string> Targets => targets;

    public static ConnectProxy To(int port) => new(port);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(tunnels);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                tunnels.Add(TunnelAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task TunnelAsync(TcpClient client)
    {
        using var target = new TcpClient();
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = await HeadAsync(stream);
                targets.Enqueue(head.Split(' ')[1]);
                await target.ConnectAsync(IPAddress.Loopback, destination, stopping.Token);
                await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), stopping.Token);
                var upstream = target.GetStream();
                await Task.WhenAny(stream.CopyToAsync(upstream, stopping.Token), upstream.CopyToAsync(stream, stopping.Token));
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side may leave at any time.
            }
        }
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stopping.Token);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
