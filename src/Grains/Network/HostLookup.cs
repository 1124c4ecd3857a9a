using System.Net;

namespace Gateway.Grains.Network;

/// <summary>Looks up the addresses of a host name.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);
