using System.Globalization;
using System.Text.Json;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Compares JSON strings with known names, and finds their place.</summary>
/// <remarks>The reader's own comparison throws at half of a surrogate pair, which callers can write by the million; this one only differs.</remarks>
internal static class PeekedText
{
    /// <param name="name">Letters and underscores.</param>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueIsEscaped ? IsEscaped(reader.ValueSpan, name) : reader.ValueSpan.SequenceEqual(name);

    /// <summary>Where the token stands that the reader is at.</summary>
    public static ByteRange RangeOf(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        return new ByteRange(start, (int)reader.BytesConsumed - start);
    }

    private static bool IsEscaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
        {
            switch (text)
            {
                case [(byte)'\\', (byte)'u', ..] when text.Length >= 6 && Code(text[2..6]) == letter:
                    text = text[6..];
                    break;
                case [var same, ..] when same == letter:
                    text = text[1..];
                    break;
                default:
                    return false;
            }
        }

        return text.IsEmpty;
    }

    private static int Code(ReadOnlySpan<byte> hex) =>
        int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? code : -1;
}
