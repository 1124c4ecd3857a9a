using System.Net.Sockets;
using System.Text;

namespace Gateway.Testing.Upstreams;

/// <summary>One request and the raw connection on which a script answers it.</summary>
public sealed class UpstreamExchange(ReceivedRequest request, Stream stream, Socket socket, CancellationToken stopping)
{
    public ReceivedRequest Request { get; } = request;

    /// <summary>Cancelled when the upstream is disposed.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>The connection serves no further request.</summary>
    public bool Closed { get; private set; }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, Stopping);
        await stream.FlushAsync(Stopping);
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes one chunk of a chunked body.</summary>
    public Task WriteChunkAsync(ReadOnlyMemory<byte> bytes)
    {
        var framed = new byte[bytes.Length + 32];
        var head = Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n", framed);
        bytes.CopyTo(framed.AsMemory(head));
        "\r\n"u8.CopyTo(framed.AsSpan(head + bytes.Length));
        return WriteAsync(framed.AsMemory(0, head + bytes.Length + 2));
    }

    /// <summary>Ends the connection with an RST.</summary>
    public void Reset()
    {
        Closed = true;
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Ends the connection with a FIN.</summary>
    public void Finish()
    {
        Closed = true;
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Waits until the client leaves or the upstream is disposed.</summary>
    public async Task UntilClientLeavesAsync()
    {
        Closed = true;
        try
        {
            await Request.ClientClosed.WaitAsync(Stopping);
        }
        catch (OperationCanceledException)
        {
            // Disposed: nothing is left to answer.
        }
    }
}
