using System.Runtime.InteropServices;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Http.Encodings;

/// <summary>The codings of a body, in the order in which they were applied; none: it is plain.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ContentCodings(ContentCoding? First, ContentCoding? Second)
{
    /// <summary>More in a row serve nobody but whoever wants this process to be busy.</summary>
    public const int MaxCount = 2;

    /// <summary>Value of <c>Accept-Encoding</c> in answers, best first.</summary>
    public const string Supported = "br, gzip, deflate";

    public bool IsPlain => First is null;

    /// <summary>False: a coding that is not supported, or too many.</summary>
    public static bool TryParse(StringValues contentEncoding, out ContentCodings codings)
    {
        codings = default;
        foreach (var line in contentEncoding)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var name = line.AsSpan()[range].Trim(" \t");
                if (name.IsEmpty || name.Equals("identity", StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (Find(name) is not { } coding || codings.Second is not null)
                {
                    return false;
                }

                codings = codings.First is null ? codings with { First = coding } : codings with { Second = coding };
            }
        }

        return true;
    }

    private static ContentCoding? Find(ReadOnlySpan<char> name) =>
        name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? ContentCoding.Gzip
        : name.Equals("br", StringComparison.OrdinalIgnoreCase) ? ContentCoding.Brotli
        : name.Equals("deflate", StringComparison.OrdinalIgnoreCase) ? ContentCoding.Deflate
        : null;
}
