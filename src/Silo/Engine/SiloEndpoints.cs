using System.Net;
using System.Net.Sockets;
using Gateway.Silo.Settings;
using Orleans.Configuration;

namespace Gateway.Silo.Engine;

/// <summary>Says where others find this silo, and where it listens.</summary>
internal static class SiloEndpoints
{
    /// <summary>With an address of a network it listens on all addresses of the machine: traffic may come in by another than the advertised one.</summary>
    public static ISiloBuilder UseEndpoints(this ISiloBuilder silo, SiloProcessOptions options)
    {
        var address = options.Address!;
        var listensOnAny = !IPAddress.IsLoopback(address);
        silo.ConfigureEndpoints(address, options.Port, options.GatewayPort, listensOnAny);

        // What the engines call any address is IPv4 only.
        return listensOnAny && address.AddressFamily == AddressFamily.InterNetworkV6
            ? silo.Configure<EndpointOptions>(endpoint =>
            {
                endpoint.SiloListeningEndpoint = new IPEndPoint(IPAddress.IPv6Any, options.Port);
                endpoint.GatewayListeningEndpoint = new IPEndPoint(IPAddress.IPv6Any, options.GatewayPort);
            })
            : silo;
    }
}
