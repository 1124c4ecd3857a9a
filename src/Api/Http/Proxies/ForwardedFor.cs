using System.Net;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Http.Proxies;

/// <summary>Finds the caller's address behind trusted proxies.</summary>
/// <remarks>
/// Each proxy adds, on the right, whom it was called by. So, from the connection's peer leftwards: (1) an address that is not trusted is
/// the caller's, whatever stands further left, since the caller wrote it; (2) a trusted one vouches for its left neighbour; (3) where
/// there is no neighbour, or it is no address, or <see cref="MaxHops"/> were passed, the last trusted one is all that is known.
/// </remarks>
public static class ForwardedFor
{
    /// <summary>More proxies than any caller is behind.</summary>
    public const int MaxHops = 32;

    /// <param name="peer">Of the connection.</param>
    /// <param name="headers">Values of <c>X-Forwarded-For</c>.</param>
    /// <param name="trusted">The gateway's own proxies.</param>
    public static IPAddress Caller(IPAddress peer, StringValues headers, TrustedProxies trusted)
    {
        var known = peer;
        var hops = 0;
        for (var header = headers.Count - 1; header >= 0; header--)
        {
            var rest = headers[header].AsSpan();
            while (true)
            {
                if (hops++ == MaxHops || !trusted.Contains(known))
                {
                    return known;
                }

                var comma = rest.LastIndexOf(',');
                if (!TryParse(rest[(comma + 1)..].Trim(" \t"), out var address))
                {
                    return known;
                }

                known = address;
                if (comma < 0)
                {
                    break;
                }

                rest = rest[..comma];
            }
        }

        return known;
    }

    /// <summary>An address, with or without a port: <c>192.0.2.1:80</c>, <c>[2001:db8::1]:80</c>, <c>2001:db8::1</c>.</summary>
    private static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text is ['[', ..])
        {
            var end = text.IndexOf(']');
            if (end < 0 || !IsPort(text[(end + 1)..]))
            {
                return false;
            }

            text = text[1..end];
        }
        else if (text.Count(':') == 1)
        {
            var colon = text.IndexOf(':');
            if (!IsPort(text[colon..]))
            {
                return false;
            }

            text = text[..colon];
        }

        // The platform also takes "1" and "0x7f.1" for addresses, which no proxy writes.
        if ((text.Count('.') != 3 && !text.Contains(':')) || text.Contains('%') || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.IsEmpty || (text is [':', .. var digits] && ushort.TryParse(digits, System.Globalization.NumberStyles.None, null, out _));
}
