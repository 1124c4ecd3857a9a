using System.Collections.Immutable;

namespace Gateway.Abstractions.Nodes;

/// <summary>What a front-end tells about itself once a second.</summary>
[GenerateSerializer, Immutable, Alias("NodeHeartbeat")]
public sealed record NodeHeartbeat
{
    [Id(0)] public required string NodeId { get; init; }

    [Id(1)] public required string Version { get; init; }

    [Id(2)] public required string SettingsHash { get; init; }

    [Id(3)] public required int InFlight { get; init; }

    [Id(4)] public required long FeedVersion { get; init; }

    /// <summary>The node refuses every key that was revoked up to this version.</summary>
    [Id(5)] public required long KeysVersion { get; init; }
}

[GenerateSerializer, Immutable, Alias("HeartbeatAnswer")]
public sealed record HeartbeatAnswer
{
    [Id(0)] public required long FeedVersion { get; init; }
}

[GenerateSerializer, Immutable, Alias("NodeState")]
public sealed record NodeState
{
    [Id(0)] public required NodeHeartbeat Last { get; init; }

    [Id(1)] public required DateTimeOffset SeenAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("NodeList")]
public sealed record NodeList
{
    /// <summary>Nodes seen in the last 10 s.</summary>
    [Id(0)] public required ImmutableArray<NodeState> Nodes { get; init; }
}
