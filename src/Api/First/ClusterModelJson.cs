using System.Text.Json.Serialization;
using Gateway.Abstractions.Manifests;

namespace Gateway.Api.First;

/// <summary>A row of <c>{cluster}/models</c>.</summary>
public sealed record ClusterModelJson
{
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Kind => "model";

    public required string Cluster { get; init; }

    public required string Framework { get; init; }

    public required string DisplayName { get; init; }

    public required string Description { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxModelLen { get; init; }

    public static ClusterModelJson Of(string model, ManifestEntry entry, int? contextWindow) => new()
    {
        Id = model,
        Cluster = entry.Cluster,
        Framework = entry.Framework,
        DisplayName = model,
        Description = entry.Description,
        MaxModelLen = contextWindow,
    };
}
