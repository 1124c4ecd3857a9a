using System.Text.Json;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Counts the tools of a response that the upstream runs itself: what they find is input whose tokens the body says nothing about.</summary>
internal static class ToolReferences
{
    /// <summary>Reads the value that the reader is at to its end, as <see cref="Utf8JsonReader.Skip"/> does.</summary>
    public static int CountIn(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return 0;
        }

        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count += IsCallers(ref reader) ? 0 : 1;
        }

        return count;
    }

    // The upstream only names a call; the caller makes it and sends what came of it as input. Of several types an upstream may take any.
    private static bool IsCallers(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var (isCallers, isOther) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = PeekedText.Is(ref reader, "type"u8);
            reader.Read();
            if (isType)
            {
                isCallers = reader.TokenType == JsonTokenType.String && IsRunByCallers(ref reader);
                isOther |= !isCallers;
            }

            reader.Skip();
        }

        return isCallers && !isOther;
    }

    private static bool IsRunByCallers(ref Utf8JsonReader type) =>
        PeekedText.Is(ref type, "function"u8)
        || PeekedText.Is(ref type, "custom"u8)
        || PeekedText.Is(ref type, "local_shell"u8)
        || PeekedText.Is(ref type, "apply_patch"u8)
        || PeekedText.Is(ref type, "computer"u8)
        || PeekedText.Is(ref type, "computer_use_preview"u8);
}
