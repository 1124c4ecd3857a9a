using System.Text.Json.Serialization;

namespace Orleans.Runtime.Transport;

/// <summary>Writes identities as text, also where they are keys of a dictionary.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
    where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(format(value));

    private T Parse(string? text)
    {
        try
        {
            return parse(text ?? "");
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }
}

internal sealed class SiloAddressConverter() : TextConverter<SiloAddress>(SiloAddress.FromParsableString, address => address.ToParsableString());

internal sealed class GrainTypeConverter() : TextConverter<GrainType>(text => text.Length == 0 ? default : GrainType.Create(text), type => type.ToString());

internal sealed class IdSpanConverter() : TextConverter<IdSpan>(IdSpan.Create, key => key.ToString());

/// <summary>As <c>type/key</c>; the first slash divides.</summary>
internal sealed class GrainIdConverter() : TextConverter<GrainId>(Parse, id => id.IsDefault ? "" : id.ToString())
{
    private static GrainId Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return text.Length == 0 ? default
            : slash > 0 ? GrainId.Create(text[..slash], text[(slash + 1)..])
            : throw new FormatException($"'{text}' is not of the form type/key.");
    }
}
