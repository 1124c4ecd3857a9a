using System.Text.Json;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>Whether a JSON text is all there, for bodies whose only end is the end of the connection.</summary>
internal static class JsonText
{
    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>True for complete JSON, and for what does not begin as a JSON object or array; false where there is nothing at all.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> text)
    {
        text = WithoutMark(text);
        if (!BeginsAsJson(text))
        {
            return !IsBlank(text);
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

    /// <summary>Nothing but white space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text) => WithoutMark(text).TrimStart(WhiteSpace).IsEmpty;

    /// <summary>For bodies too large to be read twice: an object, an array or white space ends here.</summary>
    public static bool MayEndWith(byte last) => last is (byte)'}' or (byte)']' or (byte)'\n' or (byte)'\r' or (byte)' ' or (byte)'\t';

    /// <summary>An object or an array begins here.</summary>
    public static bool BeginsAsJson(ReadOnlySpan<byte> text) => WithoutMark(text).TrimStart(WhiteSpace) is [(byte)'{' or (byte)'[', ..];

    public static bool IsObject(ReadOnlySpan<byte> text)
    {
        if (text.TrimStart(WhiteSpace) is not [(byte)'{', ..])
        {
            return false;
        }

        return IsWhole(text);
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
