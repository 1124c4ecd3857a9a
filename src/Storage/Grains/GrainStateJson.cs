using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Storage.Grains;

/// <summary>How grain state is written: plain JSON that survives added fields in both directions.</summary>
internal static class GrainStateJson
{
    /// <summary>A state beyond this is a leak, not data; in characters.</summary>
    public const int MaxLength = 32 * 1024 * 1024;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Serialize<T>(T state, string stateName, GrainId grainId)
    {
        var json = JsonSerializer.Serialize(state, Options);
        return json.Length <= MaxLength
            ? json
            : throw new InvalidOperationException($"State '{stateName}' of grain {grainId} has {json.Length} characters; at most {MaxLength} are stored.");
    }

    public static T Deserialize<T>(string json, string stateName, GrainId grainId)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            // Without the content: it may hold what must not reach a log.
            throw new InvalidOperationException($"State '{stateName}' of grain {grainId} cannot be read (line {exception.LineNumber}, byte {exception.BytePositionInLine}).");
        }
    }
}
