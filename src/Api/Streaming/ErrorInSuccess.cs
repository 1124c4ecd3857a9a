using System.Text.Json;

namespace Gateway.Api.Streaming;

/// <summary>Tells a 200 whose content is an error from a real answer.</summary>
public static class ErrorInSuccess
{
    /// <summary>How much of a body or of a first event is looked at.</summary>
    public const int MaxBytes = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// True for a JSON object with a non-null top-level <c>error</c> and none of what every real answer has:
    /// <c>choices</c>, <c>data</c>, <c>output</c>, <c>content</c> (non-null) or <c>"object":"response"</c>.
    /// </summary>
    /// <param name="json">A JSON text or the beginning of one; what is not JSON is not an error.</param>
    public static bool Detect(ReadOnlySpan<byte> json)
    {
        // The vectorised search settles nearly every real answer; only the rest is parsed.
        if (json.IndexOf("\"error\""u8) < 0)
        {
            return false;
        }

        if (json.StartsWith(ByteOrderMark))
        {
            json = json[ByteOrderMark.Length..];
        }

        try
        {
            return HasErrorAndNoAnswer(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasErrorAndNoAnswer(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var error = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isError = reader.ValueTextEquals("error"u8);
            var isAnswer = reader.ValueTextEquals("choices"u8) || reader.ValueTextEquals("data"u8)
                || reader.ValueTextEquals("output"u8) || reader.ValueTextEquals("content"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            if (!reader.Read())
            {
                break;
            }

            var isNull = reader.TokenType == JsonTokenType.Null;
            if ((isAnswer && !isNull)
                || (isObject && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("response"u8)))
            {
                return false;
            }

            error |= isError && !isNull;
            if (!reader.TrySkip())
            {
                break;
            }
        }

        return error;
    }
}
