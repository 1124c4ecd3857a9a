using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>Whether a JSON text is all there, and what it is at first sight.</summary>
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

    /// <summary>A whole object whose <c>error</c> is an object or a text, as in the dialects that clients read.</summary>
    public static bool HasError(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        var hasError = false;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var isError = reader.TextIs("error"u8);
                reader.Read();
                if (isError)
                {
                    // Of several the last one counts to most parsers.
                    hasError = reader.TokenType == JsonTokenType.StartObject || (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty);
                }

                reader.Skip();
            }

            return hasError;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
