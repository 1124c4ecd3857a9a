using System.Text.Json;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Counts the parts of a message whose tokens do not follow from their bytes: media, by URL or inline, files, and items that the upstream keeps.</summary>
internal static class ContentReferences
{
    /// <summary>Reads the value that the reader is at to its end, as <see cref="Utf8JsonReader.Skip"/> does.</summary>
    public static int CountIn(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return 0;
        }

        var count = 0;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            count += IsReference(ref reader) ? 1 : 0;
        }

        return count;
    }

    private static bool IsReference(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.PropertyName => IsMediaName(ref reader),
        JsonTokenType.String => (reader.ValueSpan.Length == 14 || reader.ValueIsEscaped) && PeekedText.Is(ref reader, "item_reference"u8),
        _ => false,
    };

    private static bool IsMediaName(ref Utf8JsonReader reader) =>
        (reader.ValueSpan.Length is >= 5 and <= 11 || reader.ValueIsEscaped)
        && (PeekedText.Is(ref reader, "image_url"u8)
            || PeekedText.Is(ref reader, "file_id"u8)
            || PeekedText.Is(ref reader, "file_url"u8)
            || PeekedText.Is(ref reader, "file_data"u8)
            || PeekedText.Is(ref reader, "input_audio"u8)
            || PeekedText.Is(ref reader, "audio_url"u8)
            || PeekedText.Is(ref reader, "video_url"u8)
            || PeekedText.Is(ref reader, "audio"u8));
}
