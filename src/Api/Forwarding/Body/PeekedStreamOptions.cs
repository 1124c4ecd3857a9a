using System.Text.Json;
using Gateway.Api.Errors;

namespace Gateway.Api.Forwarding.Body;

/// <summary>Reads <c>stream_options</c>, and where it asks for usage.</summary>
internal static class PeekedStreamOptions
{
    /// <param name="reader">At the value; afterwards at its end.</param>
    public static GatewayError? Read(ref Utf8JsonReader reader, PeekedRequest request)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            request.StreamOptions = PeekedText.RangeOf(ref reader);
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return RequestErrors.WrongType("stream_options", "an object or null");
        }

        var start = (int)reader.TokenStartIndex;
        request.StreamOptionsIsObject = true;
        request.StreamOptionsIsEmpty = true;
        GatewayError? first = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            request.StreamOptionsIsEmpty = false;
            var isIncludeUsage = PeekedNames.Matches(ref reader, "include_usage"u8, out var exact);
            reader.Read();
            if (isIncludeUsage)
            {
                var error = exact && request.IncludeUsage.IsEmpty ? ReadIncludeUsage(ref reader, request) : RequestErrors.Ambiguous("stream_options.include_usage");
                first ??= error;
            }

            reader.Skip();
        }

        request.StreamOptions = new ByteRange(start, (int)reader.BytesConsumed - start);
        return first;
    }

    private static GatewayError? ReadIncludeUsage(ref Utf8JsonReader reader, PeekedRequest request)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
        {
            return RequestErrors.WrongType("stream_options.include_usage", "true, false or null");
        }

        request.IncludeUsage = PeekedText.RangeOf(ref reader);
        request.AsksForUsage = reader.TokenType == JsonTokenType.True;
        return null;
    }
}
