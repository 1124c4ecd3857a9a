using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>A provider's error answer as an event of a stream that is under way: clients act on its code and parameter.</summary>
internal static class ProviderErrorEvent
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null: clients would not read it as an error.</summary>
    public static byte[]? TryWrite(ReadOnlySpan<byte> body, Operation operation)
    {
        if (!JsonText.HasError(body))
        {
            return null;
        }

        if (operation is not Operation.Responses)
        {
            return [.. "data: "u8, .. OnOneLine(body), .. "\n\n"u8];
        }

        try
        {
            return AsResponsesEvent(body);
        }
        catch (InvalidOperationException)
        {
            // A text in it is half of a surrogate pair.
            return null;
        }
    }

    /// <summary>In JSON line breaks stand between tokens only.</summary>
    private static byte[] OnOneLine(ReadOnlySpan<byte> json)
    {
        var line = new byte[json.Length];
        var length = 0;
        foreach (var value in json)
        {
            if (value is not ((byte)'\r' or (byte)'\n'))
            {
                line[length++] = value;
            }
        }

        return line[..length];
    }

    /// <summary>Flat, as the API has it, with the nested error that the Python and Node clients raise from.</summary>
    private static byte[] AsResponsesEvent(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        using var document = JsonDocument.ParseValue(ref reader);
        var error = document.RootElement.GetProperty("error");
        var buffer = new ArrayBufferWriter<byte>(body.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "error"u8);
            Write(writer, "code", error);
            Write(writer, "message", error);
            Write(writer, "param", error);
            writer.WritePropertyName("error"u8);
            error.WriteTo(writer);
            writer.WriteEndObject();
        }

        return [.. "event: error\ndata: "u8, .. buffer.WrittenSpan, .. "\n\n"u8];
    }

    private static void Write(Utf8JsonWriter writer, string name, JsonElement error)
    {
        writer.WritePropertyName(name);
        if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value))
        {
            value.WriteTo(writer);
        }
        else if (error.ValueKind == JsonValueKind.String && name == "message")
        {
            error.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
