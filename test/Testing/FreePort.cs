using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gateway.Testing;

/// <summary>Loopback ports for processes that must be told theirs.</summary>
public static class FreePort
{
    // Below the range from which systems take ports of outgoing connections: nobody else lands on one between the probe and its use.
    private const int LowestPort = 20_000;
    private const int PortsOfLane = 6_000;

    // Test programs that run side by side draw from different lanes; one that runs alone has both.
    private static readonly string? Lane = Environment.GetEnvironmentVariable("GATEWAY_TESTS_LANE");
    private static readonly int First = LowestPort + (Lane == "1" ? PortsOfLane : 0);
    private static readonly int End = First + (Lane is null ? 2 * PortsOfLane : PortsOfLane);

    // A port is free until its process listens: of the fifteen of one cluster, drawn before any is used, two would now and then be the same.
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        for (var attempt = 0; attempt < 2_000; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (!Given.TryAdd(port, true))
            {
                continue;
            }

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
