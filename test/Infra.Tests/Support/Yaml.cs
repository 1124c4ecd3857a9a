using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Gateway.Infra.Support;

/// <summary>YAML as JSON nodes: aliases and merge keys are resolved, every scalar is a text, a key that occurs twice fails.</summary>
internal static class Yaml
{
    public static IReadOnlyList<JsonNode> Documents(string path)
    {
        RefuseDoubledKeys(path);
        using var reader = File.OpenText(InfraFiles.PathOf(path));
        var parser = new MergingParser(new Parser(reader));
        var deserializer = new DeserializerBuilder().Build();
        parser.Consume<StreamStart>();
        var documents = new List<JsonNode>();
        while (parser.Accept<DocumentStart>(out _))
        {
            if (ToNode(deserializer.Deserialize(parser)) is { } document)
            {
                documents.Add(document);
            }
        }

        return documents;
    }

    public static JsonObject Single(string path) => Documents(path).Single().AsObject();

    // Merging makes doubles of its own, so this looks at the text as it is written.
    private static void RefuseDoubledKeys(string path)
    {
        using var reader = File.OpenText(InfraFiles.PathOf(path));
        new YamlDotNet.RepresentationModel.YamlStream().Load(reader);
    }

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        IDictionary<object, object> map => new JsonObject(map.Select(pair => KeyValuePair.Create((string)pair.Key, ToNode(pair.Value)))),
        IEnumerable<object> list => new JsonArray([.. list.Select(ToNode)]),
        _ => JsonValue.Create(value.ToString()),
    };
}
