using System.Collections.Immutable;
using Gateway.Abstractions.Nodes;

namespace Gateway.Api.Management.Cluster;

public sealed record ClusterJson
{
    /// <summary>Front-ends seen in the last 10 s.</summary>
    public required ImmutableArray<NodeJson> Nodes { get; init; }

    /// <summary>False: whoever keeps the list took over less than 5 s ago and may not have heard of every node; null: it cannot be asked.</summary>
    public bool? NodesComplete { get; init; }

    public required ImmutableArray<SiloJson> Silos { get; init; }

    /// <summary>What runs the grains: <c>BuiltIn</c> or <c>Orleans</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Null: one process, which has no membership.</summary>
    public long? MembershipVersion { get; init; }

    /// <summary>Of the entries that this node routes by; 0: none yet.</summary>
    public required long ManifestVersion { get; init; }

    /// <summary>False: processes differ in settings that must be the same.</summary>
    public bool? SettingsAgree { get; init; }

    public required DateTime AsOf { get; init; }

    /// <summary>Parts of this answer whose owner did not answer in time.</summary>
    public required ImmutableArray<string> Unavailable { get; init; }
}

public sealed record NodeJson(string Id, string Version, string SettingsHash, int InFlight, long FeedVersion, long KeysVersion, GrainCallsJson GrainCalls, DateTime SeenAt)
{
    public static NodeJson Of(NodeState node) =>
        new(node.Last.NodeId, node.Last.Version, node.Last.SettingsHash, node.Last.InFlight, node.Last.FeedVersion, node.Last.KeysVersion,
            new GrainCallsJson(node.Last.RequestGrainCalls, node.Last.BackgroundGrainCalls), node.SeenAt.UtcDateTime);
}

/// <summary>Grain calls of a node since its start.</summary>
/// <param name="ByRequests">Those that requests waited for.</param>
/// <param name="Background">Feed, heartbeats, reports, and what operators asked.</param>
public sealed record GrainCallsJson(long ByRequests, long Background);

/// <param name="Activations">Of all grain classes, the engine's own included; null: not known.</param>
/// <param name="Version">Null, like the next: it has not reported in the last 10 s.</param>
public sealed record SiloJson(string Id, SiloStatus Status, int? Activations, string? Version, string? SettingsHash);
