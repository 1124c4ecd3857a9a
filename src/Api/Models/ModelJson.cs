using System.Text.Json.Serialization;

namespace Gateway.Api.Models;

/// <summary>One model in a shape that OpenAI's and Anthropic's clients both read.</summary>
public sealed record ModelJson
{
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Kind => "model";

    /// <summary>Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>The cluster that serves it.</summary>
    public required string OwnedBy { get; init; }

    public string Type => "model";

    public required string DisplayName { get; init; }

    public DateTime CreatedAt => DateTimeOffset.FromUnixTimeSeconds(Created).UtcDateTime;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ContextWindow { get; init; }

    public static ModelJson Of(VisibleModel model) => new()
    {
        Id = model.Id,
        Created = model.CreatedAt,
        OwnedBy = model.Entry.Cluster,
        DisplayName = model.Id,
        ContextWindow = model.ContextWindow,
    };
}

public sealed record ModelListJson(IReadOnlyList<ModelJson> Data)
{
    [JsonPropertyName("object")]
    public string Kind => "list";

    /// <summary>Always the whole list.</summary>
    public bool HasMore => false;

    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;
}
