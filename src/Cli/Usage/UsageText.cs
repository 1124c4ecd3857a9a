using System.Text.Json.Nodes;
using Gateway.Cli.Text;

namespace Gateway.Cli.Usage;

/// <summary>Usage for people: every figure on a line of its own, named by where it stands.</summary>
internal static class UsageText
{
    public static void Write(JsonNode usage, TextWriter output)
    {
        var lines = Lines(usage, "").ToList();
        var width = lines.Count == 0 ? 0 : lines.Max(line => line.Name.Length);
        foreach (var (name, value) in lines)
        {
            output.WriteLine($"{name.PadRight(width)}  {value}");
        }
    }

    private static IEnumerable<(string Name, string Value)> Lines(JsonNode? node, string path) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Lines(field.Value, $"{path} {field.Key.Replace('_', ' ')}".Trim())),
        JsonArray items => items.SelectMany((item, index) => Lines(item, $"{path} {index + 1}")),
        JsonValue value => [(Printable.Line(path, 120), Printable.Line(value.ToString(), 120))],
        _ => [],
    };
}
