using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Api.Tests.Streaming;

/// <summary>An upstream whose every byte, pause and way to end is written by the test.</summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<UpstreamConnection, Task> _script;
    private readonly Task _accepting;

    public ScriptedUpstream(Func<UpstreamConnection, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Set when the gateway closed its connection.</summary>
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                running.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new UpstreamConnection(socket, _stop.Token);
        try
        {
            await connection.ReadRequestAsync();
            await _script(connection);
            await connection.WaitForCloseAsync();
            Closed.TrySetResult();
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Closed.TrySetResult();
        }
    }
}

/// <summary>One connection of <see cref="ScriptedUpstream"/>.</summary>
public sealed class UpstreamConnection(Socket socket, CancellationToken stop) : IDisposable
{
    public const string Chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    public const string CloseDelimited = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, stop)..];
        }
    }

    public Task ChunkAsync(string text) => ChunkAsync(Encoding.UTF8.GetBytes(text));

    public Task ChunkAsync(byte[] bytes) =>
        SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n"u8]);

    public Task EndChunksAsync() => SendAsync("0\r\n\r\n");

    public void Fin() => socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public async Task ReadRequestAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, stop);
            if (read == 0)
            {
                throw new OperationCanceledException("closed before a request");
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
    }

    /// <summary>Returns when the other side has closed or reset the connection.</summary>
    public async Task WaitForCloseAsync()
    {
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, stop) > 0)
        {
        }
    }

    public void Dispose() => socket.Dispose();
}
