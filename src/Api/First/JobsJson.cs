using System.Text.Json.Serialization;

namespace Gateway.Api.First;

/// <summary><c>{cluster}/jobs</c>: entries by what they do. An API cluster has neither queues nor batches; their lists are there because clients read them.</summary>
public sealed record JobsJson(IReadOnlyList<JobJson> Running, IReadOnlyList<JobJson> Stopped, ClusterStatusJson ClusterStatus)
{
    public IReadOnlyList<JobJson> Queued => [];

    public IReadOnlyList<JobJson> Others => [];

    public IReadOnlyList<JobJson> PrivateBatchRunning => [];

    public IReadOnlyList<JobJson> PrivateBatchQueued => [];
}

public sealed record ClusterStatusJson(string Cluster, int TotalModels, int LiveModels, int StoppedModels);

/// <summary>One entry. Its address, its account and its manifest key are withheld.</summary>
public sealed record JobJson
{
    /// <summary>Comma-separated.</summary>
    [JsonPropertyName("Models")]
    public required string Models { get; init; }

    [JsonPropertyName("Framework")]
    public required string Framework { get; init; }

    [JsonPropertyName("Cluster")]
    public required string Cluster { get; init; }

    /// <summary><c>running</c>, else the status in lower case.</summary>
    [JsonPropertyName("Model Status")]
    public required string Status { get; init; }

    [JsonPropertyName("Description")]
    public required string Description { get; init; }

    [JsonPropertyName("Model Version")]
    public string Version => "";
}
