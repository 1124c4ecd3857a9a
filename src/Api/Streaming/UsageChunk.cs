using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>Recognises the chunk that <c>stream_options.include_usage</c> adds to a stream of choices.</summary>
public static class UsageChunk
{
    /// <summary>True for an object whose <c>choices</c> is an empty array and whose <c>usage</c> is an object.</summary>
    public static bool Detect(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"choices\""u8);
        if (at < 0 || json.IndexOf("\"usage\""u8) < 0
            || json[(at + "\"choices\""u8.Length)..].TrimStart(" \t\r\n:"u8) is not [(byte)'[', .. var elements]
            || elements.TrimStart(" \t\r\n"u8) is not [(byte)']', ..])
        {
            return false;
        }

        try
        {
            return HasUsageAndNoChoice(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasUsageAndNoChoice(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        bool noChoice = false, usage = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isChoices = reader.TextIs("choices"u8);
            var isUsage = reader.TextIs("usage"u8);
            reader.Read();
            usage |= isUsage && reader.TokenType == JsonTokenType.StartObject;
            if (isChoices && reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.EndArray)
                {
                    return false;
                }

                noChoice = true;
                continue;
            }

            reader.Skip();
        }

        return noChoice && usage;
    }
}
