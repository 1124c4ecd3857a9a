using System.Net.Sockets;
using System.Text;

namespace Gateway.Process.Rigs;

/// <summary>An HTTP/1 client that shows each byte of the answer and how the connection ended.</summary>
internal static class RawCaller
{
    public static string Post(string path, string body, string key, string version = "HTTP/1.1") =>
        $"POST {path} {version}\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static string Get(string path, string key, string version = "HTTP/1.1") =>
        $"GET {path} {version}\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n";

    /// <summary>All that arrives until the server ends the connection, in whichever way.</summary>
    public static async Task<string> ExchangeAsync(int port, string request)
    {
        using var bound = new CancellationTokenSource(Eventually.DefaultBound);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, bound.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), bound.Token);
        var received = new List<byte>();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, bound.Token)) > 0)
            {
                received.AddRange(buffer.AsSpan(0, read));
            }
        }
        catch (IOException)
        {
            // A reset; what came before it is kept.
        }

        return Encoding.UTF8.GetString([.. received]);
    }
}
