using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Grains.Tests.Support;

/// <summary>Answers every connection with the same bytes, for what no real server would send.</summary>
internal sealed class RawHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;

    /// <param name="staysOpen">Leaves the connection open after the bytes.</param>
    public RawHost(string answer, bool staysOpen = false)
    {
        _listener.Start();
        _serving = ServeAsync(Encoding.UTF8.GetBytes(answer), staysOpen);
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/status.json");

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task ServeAsync(byte[] answer, bool staysOpen)
    {
        var open = new List<TcpClient>();
        try
        {
            while (true)
            {
                var peer = await _listener.AcceptTcpClientAsync(_ending.Token);
                open.Add(peer);
                var stream = peer.GetStream();
                var request = new byte[8192];
                _ = await stream.ReadAsync(request, _ending.Token);
                await stream.WriteAsync(answer, _ending.Token);
                if (!staysOpen)
                {
                    peer.Client.Shutdown(SocketShutdown.Send);
                }
            }
        }
        finally
        {
            open.ForEach(peer => peer.Dispose());
        }
    }
}
