using System.Security.Cryptography;
using System.Text;

namespace Gateway.Storage.Keys;

/// <summary>
/// The text of an API key: <c>gw-</c>, 40 random base62 characters (238 bits), 6 characters of checksum.
/// The checksum lets a typo or somebody else's key be refused without a look-up; it is no secret.
/// </summary>
public static class ApiKeyText
{
    public const string Prefix = "gw-";

    /// <summary>Characters of a whole key.</summary>
    public const int Length = 49;

    /// <summary>Leading characters that may be shown, so that people can tell their keys apart.</summary>
    public const int HintLength = 7;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 40;
    private const int ChecksumLength = 6;

    public static string Create()
    {
        var body = Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(body, checksum);
        return string.Concat(body, checksum);
    }

    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var character in text[Prefix.Length..])
        {
            if (!char.IsAsciiLetterOrDigit(character))
            {
                return false;
            }
        }

        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(text[..^ChecksumLength], checksum);
        return text[^ChecksumLength..].SequenceEqual(checksum);
    }

    public static string Hint(string text) => text[..HintLength];

    // 62^6 > 2^32: every CRC-32 has its own six characters, so no error that the CRC sees gets lost in the encoding.
    private static void WriteChecksum(ReadOnlySpan<char> body, Span<char> checksum)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var value = Crc32.Of(bytes[..Encoding.ASCII.GetBytes(body, bytes)]);
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            checksum[i] = Alphabet[(int)(value % 62)];
            value /= 62;
        }
    }
}
