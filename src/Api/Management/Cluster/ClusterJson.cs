using System.Collections.Immutable;
using Gateway.Abstractions.Nodes;

namespace Gateway.Api.Management.Cluster;

public sealed record ClusterJson
{
    /// <summary>Front-ends seen in the last 10 s.</summary>
    public required ImmutableArray<NodeJson> Nodes { get; init; }

    public required ImmutableArray<SiloJson> Silos { get; init; }

    /// <summary>What runs the grains: <c>BuiltIn</c> or <c>Orleans</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Null: one process, which has no membership.</summary>
    public long? MembershipVersion { get; init; }

    /// <summary>Of the entries that this node routes by; 0: none yet.</summary>
    public required long ManifestVersion { get; init; }

    /// <summary>False: front-ends differ in settings that must be the same.</summary>
    public bool? SettingsAgree { get; init; }

    public required DateTime AsOf { get; init; }

    /// <summary>Parts of this answer whose owner did not answer in time.</summary>
    public required ImmutableArray<string> Unavailable { get; init; }
}

public sealed record NodeJson(string Id, string Version, string SettingsHash, int InFlight, long FeedVersion, long KeysVersion, DateTime SeenAt)
{
    public static NodeJson Of(NodeState node) =>
        new(node.Last.NodeId, node.Last.Version, node.Last.SettingsHash, node.Last.InFlight, node.Last.FeedVersion, node.Last.KeysVersion, node.SeenAt.UtcDateTime);
}

/// <param name="Activations">Of all grain classes, the engine's own included; null: not known.</param>
public sealed record SiloJson(string Id, SiloStatus Status, int? Activations);
