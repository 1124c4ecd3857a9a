using System.Net;
using System.Net.Sockets;

namespace Gateway.Fuzz.Calls;

/// <summary>A connection to the gateway that sends any bytes.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly AnswerReader answers;

    private RawConnection() => answers = new AnswerReader(ReadAsync);

    /// <summary>Requests that were sent before this one.</summary>
    public int Used { get; private set; }

    /// <param name="source">Whom the gateway takes the caller for; not every system has more than one loopback address.</param>
    public static async Task<RawConnection> OpenAsync(int port, IPAddress source, CancellationToken cancellationToken)
    {
        var connection = new RawConnection();
        if (OperatingSystem.IsLinux())
        {
            connection.socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            connection.socket.Bind(new IPEndPoint(source, 0));
        }

        await connection.socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return connection;
    }

    /// <summary>A server may answer and close before it has read everything: what cannot be sent is left out.</summary>
    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        Used++;
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
            }
        }
        catch (SocketException)
        {
            // The answer says why.
        }
    }

    /// <summary>No more will be sent; answers still come.</summary>
    public void EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has closed already.
        }
    }

    public Task<HttpAnswer?> ReadAnswerAsync(string method, CancellationToken cancellationToken) => answers.ReadAsync(method, cancellationToken);

    /// <summary>With a reset, so that a million of them leave no ports waiting.</summary>
    public void Dispose()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancellationToken);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
