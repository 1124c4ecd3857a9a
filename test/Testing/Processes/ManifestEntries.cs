using System.Text.Json.Nodes;

namespace Gateway.Testing.Processes;

/// <summary>Manifests written by tests.</summary>
public static class ManifestEntries
{
    /// <summary>One Live entry in the manifest format.</summary>
    public static JsonObject Live(string url, string endpointId, params string[] experts) => new()
    {
        ["status"] = "Live",
        ["model"] = "Scripted",
        ["description"] = "A scripted upstream",
        ["experts"] = new JsonArray(experts.Select(expert => (JsonNode)expert).ToArray()),
        ["url"] = url,
        ["endpoint_id"] = endpointId,
    };

    public static JsonObject With(this JsonObject entry, string field, JsonNode? value)
    {
        entry[field] = value;
        return entry;
    }
}
