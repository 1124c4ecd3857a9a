using System.Collections.Immutable;
using System.Net;

namespace Gateway.Api.Http.Proxies;

/// <summary>The proxies whose word about the caller counts.</summary>
public sealed class TrustedProxies(ImmutableArray<IPNetwork> networks)
{
    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
