using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Agents;

/// <summary>A JSON file of somebody else: fields keep their order, lines their indentation.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="FormatException">It is no JSON object, or has comments, which would be lost.</exception>
    public static JsonObject Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            var root = JsonNode.Parse(text) as JsonObject ?? throw new FormatException("it is not a JSON object");
            _ = root.Count;
            return root;
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException)
        {
            throw new FormatException(IsLenient(text) ? "it has comments, which would be lost" : "it is not valid JSON");
        }
    }

    /// <summary>Two blanks for each level, unless the file had others.</summary>
    public static string Write(JsonObject root, string? before)
    {
        var indent = (before ?? "").Split('\n').Select(line => line[..(line.Length - line.TrimStart(' ', '\t').Length)]).FirstOrDefault(blanks => blanks.Length > 0) ?? "  ";
        var options = new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            IndentCharacter = indent[0],
            IndentSize = Math.Min(indent.Length, 8),
            NewLine = before?.Contains("\r\n", StringComparison.Ordinal) is true ? "\r\n" : "\n",
        };
        return root.ToJsonString(options) + options.NewLine;
    }

    /// <summary>The object in that field, made where it is missing.</summary>
    /// <exception cref="FormatException">Something else is there.</exception>
    public static JsonObject Child(this JsonObject parent, string field)
    {
        switch (parent[field])
        {
            case JsonObject child:
                return child;
            case null:
                var made = new JsonObject();
                parent[field] = made;
                return made;
            default:
                throw new FormatException($"'{field}' is not an object");
        }
    }

    private static bool IsLenient(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
