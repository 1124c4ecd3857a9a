using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>Tells a 200 whose content is an error from a real answer.</summary>
public static class ErrorInSuccess
{
    /// <summary>How much of a body or of a first event is looked at.</summary>
    public const int MaxBytes = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// True for a JSON object with a non-null top-level <c>error</c> (or <c>"type":"error"</c>, or <c>"object":"error"</c> as
    /// vLLM and FIRST write it) and none of what every real answer has: <c>choices</c>, <c>data</c>, <c>output</c>,
    /// <c>content</c> (non-null) or <c>"object":"response"</c>.
    /// </summary>
    /// <param name="json">A JSON text or the beginning of one; what is not JSON is not an error.</param>
    public static bool Detect(ReadOnlySpan<byte> json) => HasError(json, besideAnswer: false);

    /// <summary>
    /// True for the same error also where parts of an answer stand beside it, as some send it in mid-stream. There the
    /// <c>error</c> must say something: some write an empty one into every event.
    /// </summary>
    public static bool DetectBesideAnswer(ReadOnlySpan<byte> json) => HasError(json, besideAnswer: true);

    private static bool HasError(ReadOnlySpan<byte> json, bool besideAnswer)
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
            return ReadTopLevel(json, besideAnswer);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool ReadTopLevel(ReadOnlySpan<byte> json, bool besideAnswer)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var (error, errorBesideAnswer, answer) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = Classify(ref reader);
            if (!reader.Read())
            {
                break;
            }

            switch (property)
            {
                case Property.Answer when reader.TokenType != JsonTokenType.Null:
                case Property.Object when IsString(ref reader, "response"u8):
                    answer = true;
                    break;
                case Property.Error when reader.TokenType != JsonTokenType.Null:
                    error = true;
                    errorBesideAnswer |= SaysSomething(reader);
                    break;
                case Property.Object when IsString(ref reader, "error"u8):
                    error = true;
                    break;
                case Property.Type when IsString(ref reader, "error"u8):
                    error = errorBesideAnswer = true;
                    break;
            }

            if ((answer && !besideAnswer) || !reader.TrySkip())
            {
                break;
            }
        }

        return (error && !answer) || (errorBesideAnswer && besideAnswer);
    }

    /// <param name="reader">A copy, to look ahead.</param>
    private static bool SaysSomething(Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => !reader.ValueSpan.IsEmpty,
        JsonTokenType.StartObject => !reader.Read() || reader.TokenType != JsonTokenType.EndObject,
        _ => false,
    };

    private static Property Classify(ref Utf8JsonReader reader)
    {
        if (reader.TextIs("error"u8))
        {
            return Property.Error;
        }

        if (reader.TextIs("choices"u8) || reader.TextIs("data"u8)
            || reader.TextIs("output"u8) || reader.TextIs("content"u8))
        {
            return Property.Answer;
        }

        return reader.TextIs("type"u8) ? Property.Type
            : reader.TextIs("object"u8) ? Property.Object
            : Property.Other;
    }

    private static bool IsString(ref Utf8JsonReader reader, ReadOnlySpan<byte> value) =>
        reader.TokenType == JsonTokenType.String && reader.TextIs(value);

    private enum Property
    {
        Other,
        Error,
        Answer,
        Type,
        Object,
    }
}
