using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.State;

/// <summary>What must outlive the manifest grain's activation. Holds no secret: keys, authorizations and refused entries never enter it.</summary>
[GenerateSerializer, Immutable, Alias("ManifestState")]
public sealed record ManifestState
{
    [Id(0)] public int Schema { get; init; } = 1;

    /// <summary>Every version given out is at or below it, so that the next activation starts above all of them.</summary>
    [Id(1)] public long VersionCeiling { get; init; }

    [Id(2)] public ImmutableArray<SourceCopy> Sources { get; init; } = [];

    [Id(3)] public OverlayCopy? Overlay { get; init; }

    [Id(4)] public ImmutableArray<EndpointOverride> Overrides { get; init; } = [];

    [Id(5)] public ImmutableArray<KeyOrigin> Origins { get; init; } = [];

    [Id(6)] public long KeysVersion { get; init; }

    [Id(7)] public long LimitsVersion { get; init; }

    /// <summary>Front-ends that may serve known keys.</summary>
    [Id(8)] public ImmutableArray<string> Nodes { get; init; } = [];
}
