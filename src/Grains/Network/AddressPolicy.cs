using System.Net;

namespace Gateway.Grains.Network;

/// <summary>Which addresses the gateway connects to. Judged on the resolved address at every connect, so that no name can point elsewhere later.</summary>
/// <param name="allowPrivate">False: loopback and private networks are refused as well.</param>
public sealed class AddressPolicy(bool allowPrivate)
{
    /// <summary>Why the address is refused, as the end of a sentence; null: it may be called.</summary>
    public string? Refusal(IPAddress address)
    {
        if (AddressRanges.IsLinkLocalOrMetadata(address))
        {
            return "a link-local or cloud metadata address, which is never called";
        }

        if (AddressRanges.IsUnusable(address))
        {
            return "an unspecified, multicast, broadcast or reserved address, which is never called";
        }

        return !allowPrivate && AddressRanges.IsPrivateOrLoopback(address)
            ? "a private or loopback address, which GATEWAY_PRIVATE_UPSTREAMS=deny forbids"
            : null;
    }

    public bool Allows(IPAddress address) => Refusal(address) is null;
}
