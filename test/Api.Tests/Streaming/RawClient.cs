using System.Net.Sockets;
using System.Text;

namespace Gateway.Api.Tests.Streaming;

/// <summary>How a connection ended.</summary>
public enum Ending
{
    /// <summary>The body's own last chunk came.</summary>
    Clean,

    /// <summary>FIN without the last chunk.</summary>
    Fin,
    Reset,
}

/// <summary>An HTTP client that sees each byte and the way in which the connection ends.</summary>
public sealed class RawClient : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly StringBuilder _body = new();
    private string _undecoded = "";
    private Ending? _ending;

    public string Head { get; private set; } = "";

    /// <summary>The body so far without its framing, one character per byte.</summary>
    public string Body => _body.ToString();

    public static async Task<RawClient> PostAsync(Uri gateway, string path, string protocol = "HTTP/1.1")
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(gateway.Host, gateway.Port, TestContext.Current.CancellationToken);
        await client._socket.SendAsync(Encoding.ASCII.GetBytes($"POST {path} {protocol}\r\nHost: gateway\r\nContent-Length: 2\r\n\r\n{{}}"));
        return client;
    }

    public Task ReadUntilAsync(string text) => ReadUntilAsync(() => Body.Contains(text, StringComparison.Ordinal));

    public async Task ReadUntilAsync(Func<bool> enough)
    {
        while (!enough())
        {
            if (await ReceiveAsync() is { } ending && !enough())
            {
                throw new InvalidOperationException($"ended ({ending}) after: {Head}{Body}");
            }
        }
    }

    public async Task<Ending> ReadToEndAsync()
    {
        while (true)
        {
            if (await ReceiveAsync() is { } ending)
            {
                return ending;
            }
        }
    }

    /// <summary>Closes as a client does that is killed.</summary>
    public void Close() => _socket.Close();

    public void Dispose() => _socket.Dispose();

    private async Task<Ending?> ReceiveAsync()
    {
        if (_ending is not null)
        {
            return _ending;
        }

        var buffer = new byte[64 * 1024];
        int read;
        try
        {
            read = await _socket.ReceiveAsync(buffer).WaitAsync(_bound, TestContext.Current.CancellationToken);
        }
        catch (SocketException)
        {
            return Ending.Reset;
        }

        _undecoded += Encoding.Latin1.GetString(buffer, 0, read);
        _ending = Decode() ? Ending.Clean : read == 0 ? Ending.Fin : null;
        return _ending;
    }

    /// <summary>True when the body is complete by its own framing.</summary>
    private bool Decode()
    {
        if (Head.Length == 0)
        {
            var end = _undecoded.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            Head = _undecoded[..(end + 4)];
            _undecoded = _undecoded[(end + 4)..];
        }

        return Head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal) ? DecodeChunks() : DecodePlain();
    }

    private bool DecodePlain()
    {
        _body.Append(_undecoded);
        _undecoded = "";
        return Head.Contains($"Content-Length: {_body.Length}\r\n", StringComparison.Ordinal);
    }

    private bool DecodeChunks()
    {
        var position = 0;
        var last = false;
        while (_undecoded.IndexOf("\r\n", position, StringComparison.Ordinal) is >= 0 and var lineEnd)
        {
            var length = Convert.ToInt32(_undecoded[position..lineEnd], 16);
            if (_undecoded.Length < lineEnd + 2 + length + 2)
            {
                break;
            }

            last = length == 0;
            _body.Append(_undecoded.AsSpan(lineEnd + 2, length));
            position = lineEnd + 2 + length + 2;
        }

        _undecoded = _undecoded[position..];
        return last;
    }
}
