using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Grains.Tests.Support;

/// <summary>Answers every connection with the same bytes, for what no real server would send.</summary>
internal sealed class RawHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _serving;
    private int _connections;

    /// <param name="staysOpen">Leaves the connection open after the bytes.</param>
    public RawHost(string answer, bool staysOpen = false, SslServerAuthenticationOptions? tls = null)
    {
        _tls = tls;
        _listener.Start();
        _serving = ServeAsync(Encoding.UTF8.GetBytes(answer), staysOpen);
    }

    public int Connections => Volatile.Read(ref _connections);

    public Uri Url => new($"{(_tls is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/status.json");

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
                Interlocked.Increment(ref _connections);
                var stream = await StreamAsync(peer);
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

    private async Task<Stream> StreamAsync(TcpClient peer)
    {
        if (_tls is null)
        {
            return peer.GetStream();
        }

        var stream = new SslStream(peer.GetStream());
        await stream.AuthenticateAsServerAsync(_tls, _ending.Token);
        return stream;
    }
}
