using System.Net;
using System.Net.Sockets;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Network;

/// <summary>Finds the address at which other processes reach this one, when <c>SILO_ADDRESS</c> does not say.</summary>
/// <remarks>
/// 1. Redis on loopback: all processes are on this machine, so loopback.
/// 2. Else the local end of the route to Redis.
/// 3. While its name is not known (it may start later than this process): the local end of the default route.
/// </remarks>
public static class SiloAddressFinder
{
    // Reserved for documentation: no datagram is sent, the system only chooses a route.
    private static readonly IPEndPoint Anywhere = new(IPAddress.Parse("192.0.2.1"), 9);

    public static async Task<IPAddress> FindAsync(RedisLocation redis, CancellationToken cancellationToken)
    {
        foreach (var endpoint in redis.Endpoints)
        {
            foreach (var address in await ResolveAsync(endpoint.Host, cancellationToken))
            {
                if (IPAddress.IsLoopback(address))
                {
                    return IPAddress.Loopback;
                }

                if (LocalEndOfRoute(new IPEndPoint(address, endpoint.Port)) is { } local)
                {
                    return local;
                }
            }
        }

        return LocalEndOfRoute(Anywhere) ?? IPAddress.Loopback;
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static IPAddress? LocalEndOfRoute(IPEndPoint remote)
    {
        try
        {
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
