using System.Net;
using System.Net.Sockets;

namespace Gateway.Grains.Network;

/// <summary>Which kind of network an address belongs to. IPv4 inside IPv6 is judged as the IPv4 address that is reached.</summary>
public static class AddressRanges
{
    private static readonly IPNetwork[] Metadata =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("168.63.129.16/32"),
        IPNetwork.Parse("192.0.0.192/32"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("fd20:ce::254/128"),
    ];

    private static readonly IPNetwork[] Unusable =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fec0::/10"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>Link-local, or where a cloud hands out its credentials.</summary>
    public static bool IsLinkLocalOrMetadata(IPAddress address) => IsIn(Metadata, address);

    /// <summary>Unspecified, multicast, broadcast or reserved: no host has it.</summary>
    public static bool IsUnusable(IPAddress address) => IsIn(Unusable, address);

    /// <summary>Loopback, or a network that is not routed in the Internet.</summary>
    public static bool IsPrivateOrLoopback(IPAddress address) =>
        IsIn(Private, address) && !IsLinkLocalOrMetadata(address);

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        var reached = Reached(address);
        foreach (var network in networks)
        {
            if (network.BaseAddress.AddressFamily == reached.AddressFamily && network.Contains(reached))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress Reached(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        // A scope id would keep fe80::1%eth0 from comparing equal with its network.
        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes);
        if (Nat64.Contains(plain))
        {
            return new IPAddress(bytes.AsSpan(12, 4));
        }

        if (SixToFour.Contains(plain))
        {
            return new IPAddress(bytes.AsSpan(2, 4));
        }

        var isUnspecifiedOrLoopback = plain.Equals(IPAddress.IPv6Any) || plain.Equals(IPAddress.IPv6Loopback);
        return Compatible.Contains(plain) && !isUnspecifiedOrLoopback ? new IPAddress(bytes.AsSpan(12, 4)) : plain;
    }
}
