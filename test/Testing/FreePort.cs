using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gateway.Testing;

/// <summary>Loopback ports for processes that must be told theirs.</summary>
public static class FreePort
{
    // Below the range from which systems take ports of outgoing connections: nobody else lands on one between the probe and its use.
    private const int First = 20_000;
    private const int End = 32_000;

    public static int Next()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }

        throw new InvalidOperationException($"No free port in {First}-{End}.");
    }
}
