using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Api.Authentication.Attempts;

/// <summary>What counts as one address: an IPv4 address, or an IPv6 /64, which one customer of a provider has to himself.</summary>
internal static class AddressKey
{
    public static UInt128 Of(IPAddress? address)
    {
        if (address is null)
        {
            return UInt128.Zero;
        }

        var mapped = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        mapped.TryWriteBytes(bytes, out var written);
        if (mapped.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bytes[8..].Clear();
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }

        // IPv4 in the low half, where a /64 has zeros; the length keeps 0.0.0.0 apart from "no address".
        return ((UInt128)(uint)written << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
