using System.Text.Json.Nodes;

namespace Gateway.Infra.Support;

/// <summary>Short ways into trees of <see cref="Yaml"/>.</summary>
internal static class Nodes
{
    /// <summary>The node below these names; null where one is missing.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> names) => node.At(names)?.GetValue<string>();

    /// <summary>The items of a list; none where it is missing.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node, params ReadOnlySpan<string> names) => (node.At(names) as JsonArray ?? []).OfType<JsonNode>();

    public static IReadOnlyList<string> Texts(this JsonNode? node, params ReadOnlySpan<string> names) => [.. node.Items(names).Select(item => item.GetValue<string>())];

    /// <summary>Names and values of a map of texts; none where it is missing.</summary>
    public static Dictionary<string, string> Map(this JsonNode? node, params ReadOnlySpan<string> names) =>
        (node.At(names) as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => pair.Value?.GetValue<string>() ?? "");
}
