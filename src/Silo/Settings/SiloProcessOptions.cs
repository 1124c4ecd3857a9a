using System.Collections.Immutable;
using System.Net;

namespace Gateway.Silo.Settings;

/// <summary>What a silo process listens on.</summary>
public sealed class SiloProcessOptions
{
    /// <summary><c>SILO_ADDRESS</c>: what other processes call; null: loopback when Redis is there, else the address of the route to Redis.</summary>
    public IPAddress? Address { get; set; }

    /// <summary><c>SILO_PORT</c>.</summary>
    public int Port { get; set; } = 11111;

    /// <summary><c>SILO_GATEWAY_PORT</c>: clients of the Orleans engine.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary><c>SILO_HTTP_URLS</c>: health and metrics.</summary>
    public ImmutableArray<string> HttpUrls { get; set; } = ["http://0.0.0.0:8081"];
}
