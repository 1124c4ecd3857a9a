using System.Net;

namespace Gateway.Grains.Network;

/// <summary>Addresses of hosts. The platform's look-up does not end with its token: a name server that is silent would hold up whoever has a deadline.</summary>
public static class HostNames
{
    public static Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) => FindAsync(host, Dns.GetHostAddressesAsync, cancellationToken);

    /// <param name="lookup">It may go on after the token was cancelled; nobody waits for it then.</param>
    internal static Task<IPAddress[]> FindAsync(string host, HostLookup lookup, CancellationToken cancellationToken) =>
        lookup(host, cancellationToken).WaitAsync(cancellationToken);
}
