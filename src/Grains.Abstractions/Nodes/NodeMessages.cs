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

    /// <summary>Grain calls since its start that requests waited for.</summary>
    [Id(6)] public long RequestGrainCalls { get; init; }

    /// <summary>Other grain calls since its start.</summary>
    [Id(7)] public long BackgroundGrainCalls { get; init; }

    /// <summary>The last sign of life: the node serves nobody any more.</summary>
    [Id(8)] public bool IsLeaving { get; init; }
}

[GenerateSerializer, Immutable, Alias("HeartbeatAnswer")]
public sealed record HeartbeatAnswer
{
    [Id(0)] public required long FeedVersion { get; init; }

    /// <summary>Processes of the cluster have different settings where they must agree.</summary>
    [Id(1)] public bool SettingsDiffer { get; init; }

    /// <summary>Version of the keys that the cluster knows of.</summary>
    [Id(2)] public long KeysVersion { get; init; }

    /// <summary>Version of the limits that the cluster knows of.</summary>
    [Id(3)] public long LimitsVersion { get; init; }

    /// <summary>The silo that answers knows who the members are; false: it may have been cut off from them; null: it is of a version that does not tell.</summary>
    [Id(4)] public bool? KnowsMembers { get; init; }
}

/// <summary>What a silo tells about itself once in a while.</summary>
[GenerateSerializer, Immutable, Alias("SiloHeartbeat")]
public sealed record SiloHeartbeat
{
    /// <summary>Its address as the membership has it.</summary>
    [Id(0)] public required string SiloId { get; init; }

    [Id(1)] public required string Version { get; init; }

    [Id(2)] public required string SettingsHash { get; init; }
}

[GenerateSerializer, Immutable, Alias("NodeState")]
public sealed record NodeState
{
    [Id(0)] public required NodeHeartbeat Last { get; init; }

    [Id(1)] public required DateTimeOffset SeenAt { get; init; }
}

/// <summary>A front-end that said no good-bye and was not heard of lately: it may serve keys that it knows.</summary>
[GenerateSerializer, Immutable, Alias("SilentNode")]
public sealed record SilentNode
{
    [Id(0)] public required string NodeId { get; init; }

    /// <summary>As <see cref="NodeHeartbeat.KeysVersion"/>, when it was last heard of; 0: not known.</summary>
    [Id(1)] public required long KeysVersion { get; init; }
}

[GenerateSerializer, Immutable, Alias("NodeList")]
public sealed record NodeList
{
    /// <summary>Nodes seen in the last 10 s.</summary>
    [Id(0)] public required ImmutableArray<NodeState> Nodes { get; init; }

    /// <summary>False: whoever answers took over so lately that not every node has had the time to report to it.</summary>
    [Id(1)] public bool IsComplete { get; init; } = true;

    /// <summary>Silos that reported in the last 10 s.</summary>
    [Id(2)] public ImmutableArray<SiloHeartbeat> Silos { get; init; } = [];

    /// <summary>Of the silo that answers; null: one process, which has no membership.</summary>
    [Id(3)] public long? MembershipVersion { get; init; }

    [Id(4)] public ImmutableArray<SilentNode> Silent { get; init; } = [];
}
