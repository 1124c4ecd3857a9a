using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Gateway.Cli.Text;

/// <summary>JSON as this program reads and writes it.</summary>
public static class JsonText
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions Compact = new(Options) { WriteIndented = false };

    /// <summary>Null: it is no JSON.</summary>
    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One line.</summary>
    public static string Line(JsonNode? node) => node?.ToJsonString(Compact) ?? "null";

    /// <summary>The text of a field; null: there is none, or it is no text.</summary>
    public static string? Text(this JsonNode? node, string field) =>
        node is JsonObject json && json[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Any simple value of a field as text.</summary>
    public static string? Shown(this JsonNode? node, string field) => node is JsonObject json
        ? json[field] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            JsonArray array => string.Join(", ", array.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : Line(item))),
            var other => Line(other),
        }
        : null;

    /// <summary>The items of <c>data</c>.</summary>
    public static IEnumerable<JsonNode> Data(this JsonNode? node) => (node as JsonObject)?["data"] is JsonArray data ? data.OfType<JsonNode>() : [];
}
