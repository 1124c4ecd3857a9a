using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Infra.Compose;

/// <summary><c>compose.yaml</c> as Compose sees it before it puts in variables.</summary>
internal static partial class ComposeFile
{
    public const string Path = "compose.yaml";

    public static JsonObject Root { get; } = Yaml.Single(Path);

    public static IReadOnlyDictionary<string, JsonNode> Services { get; } = Root["services"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!);

    /// <summary>Services that run a program of this repository.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode>> Ours => Services.Where(service => service.Value["build"] is not null);

    public static IEnumerable<KeyValuePair<string, JsonNode>> OthersImages => Services.Where(service => service.Value["build"] is null);

    /// <summary>Each <c>${NAME…}</c> with what follows the name, such as <c>:-8000</c>.</summary>
    public static IEnumerable<(string Name, string Condition)> Variables =>
        VariableText().Matches(File.ReadAllText(InfraFiles.PathOf(Path))).Select(match => (match.Groups["name"].Value, match.Groups["rest"].Value)).Distinct();

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(?<rest>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VariableText();
}
