using System.Text.Json;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>Whether a JSON text is all there, for bodies whose only end is the end of the connection.</summary>
internal static class JsonText
{
    /// <summary>True for complete JSON, and for what does not begin as a JSON object or array.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> text)
    {
        if (text.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..])
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>For bodies too large to be read twice: an object, an array or white space ends here.</summary>
    public static bool MayEndWith(byte last) => last is (byte)'}' or (byte)']' or (byte)'\n' or (byte)'\r' or (byte)' ' or (byte)'\t';

    public static bool IsObject(ReadOnlySpan<byte> text)
    {
        if (text.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return false;
        }

        return IsWhole(text);
    }
}
