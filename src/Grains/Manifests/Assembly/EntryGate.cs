using System.Collections.Immutable;
using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Network;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>The last checks of an entry: address, key, and whether the key may go to this address.</summary>
/// <param name="addresses">What the hosts of plain-http entries resolved to; a host that is missing is judged at every connect.</param>
internal sealed class EntryGate(
    IProviderKeys keys, KeyOrigins origins, AddressPolicy policy, IReadOnlyDictionary<string, ImmutableArray<IPAddress>> addresses)
{
    public Rejection? Check(ManifestEntry entry)
    {
        var url = new Uri(entry.Url);
        var hostAddresses = AddressesOf(url);
        if (hostAddresses.Length > 0 && hostAddresses.All(address => !policy.Allows(address)))
        {
            return new Rejection(RejectionReasons.AddressRefused, $"The host of \"url\" is {policy.Refusal(hostAddresses[0])}.");
        }

        var key = entry.Auth == UpstreamAuth.None ? null : keys.Find(entry.EndpointId);
        if (entry.Auth != UpstreamAuth.None && key is null)
        {
            return new Rejection(
                RejectionReasons.NoKey,
                $"METIS_API_TOKENS has no key for endpoint_id \"{entry.EndpointId}\"; add it, or set \"auth\": \"none\" if the API needs none.");
        }

        if (key is null && !keys.HasSecretHeaders(entry.EndpointId))
        {
            return null;
        }

        if (url.Scheme == Uri.UriSchemeHttp && hostAddresses.Any(address => policy.Allows(address) && !AddressRanges.IsPrivateOrLoopback(address)))
        {
            return new Rejection(
                RejectionReasons.InsecureUrl, "A key is sent in plain http only to loopback or private addresses; use https:// in \"url\".");
        }

        var origin = Origin.Of(url);
        return origins.Admit(entry.EndpointId, origin, key?.Origins ?? [])
            ? null
            : new Rejection(
                RejectionReasons.OriginChanged,
                $"The key of endpoint_id \"{entry.EndpointId}\" was given for another origin than {origin}. If the move is right, "
                + "approve it (PUT /admin/endpoints/{id}/origin) or name the origin in METIS_API_TOKENS.");
    }

    /// <summary>Hosts whose addresses decide whether the entry is secure.</summary>
    public static bool NeedsAddresses(Uri url) => url.Scheme == Uri.UriSchemeHttp && url.HostNameType == UriHostNameType.Dns;

    private ImmutableArray<IPAddress> AddressesOf(Uri url)
    {
        if (IPAddress.TryParse(url.Host, out var literal))
        {
            return [literal];
        }

        if (url.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase) || url.IdnHost.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback];
        }

        return addresses.TryGetValue(url.IdnHost, out var resolved) ? resolved : [];
    }
}
