using System.Net;
using System.Net.Sockets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads lists of addresses and networks.</summary>
internal static class NetworkList
{
    /// <summary>An address is a network of one; IPv4 in the form of IPv6 is IPv4.</summary>
    public static IEnumerable<IPNetwork> Read(SettingReader reader, string name)
    {
        foreach (var entry in reader.List(name))
        {
            if (Parse(entry) is { } network)
            {
                yield return network;
            }
            else
            {
                reader.Fail(name, $"'{entry}' is neither an IP address nor a network such as 10.0.0.0/8 whose bits after the prefix are zero");
            }
        }
    }

    private static IPNetwork? Parse(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network) && IsWritten(entry))
        {
            // The platform cuts off bits after the prefix; whoever wrote them meant something else.
            if (!IPAddress.Parse(entry.AsSpan(0, entry.IndexOf('/', StringComparison.Ordinal))).Equals(network.BaseAddress))
            {
                return null;
            }

            return network.BaseAddress.IsIPv4MappedToIPv6
                ? network.PrefixLength >= 96 ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96) : null
                : network;
        }

        if (!IsWritten(entry) || !IPAddress.TryParse(entry, out var address))
        {
            return null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    // The platform takes "10" and "10.1" for addresses too, which would mean something else than their writer thinks.
    private static bool IsWritten(string entry) => !entry.Contains('%', StringComparison.Ordinal) && (entry.Contains(':', StringComparison.Ordinal) || entry.Split('/')[0].Count(letter => letter == '.') == 3);
}
