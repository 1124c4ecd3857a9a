using System.Text.Json;

namespace Gateway.Api.Http;

/// <summary>Compares names and strings of a JSON reader.</summary>
/// <remarks>JSON may spell half of a surrogate pair by an escape. The reader's own comparison throws at that; here it is a text that equals no other.</remarks>
internal static class ReaderText
{
    public static bool TextIs(this ref readonly Utf8JsonReader reader, scoped ReadOnlySpan<byte> text) =>
        reader.ValueIsEscaped ? EscapedTextIs(in reader, text) : reader.ValueTextEquals(text);

    private static bool EscapedTextIs(ref readonly Utf8JsonReader reader, scoped ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
