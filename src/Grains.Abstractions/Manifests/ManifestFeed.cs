using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Abstractions.Manifests;

/// <summary>What every node follows: one version over entries, overrides, health verdicts, keys and limits.</summary>
[GenerateSerializer, Immutable, Alias("ManifestFeed")]
public sealed record ManifestFeed
{
    /// <summary>Strictly rising: <c>max(previous + 1, unix ms)</c>.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>Null while no manifest was ever loaded, and when it did not change since the version asked for.</summary>
    [Id(1)] public ManifestEntries? Manifest { get; init; }

    /// <summary>By manifest key; always complete.</summary>
    [Id(2)] public ImmutableArray<EndpointOverride> Overrides { get; init; } = [];

    /// <summary>Of every entry that is not simply healthy; always complete.</summary>
    [Id(3)] public ImmutableArray<EndpointVerdict> Verdicts { get; init; } = [];

    [Id(4)] public long KeysVersion { get; init; }

    [Id(5)] public long LimitsVersion { get; init; }
}

[GenerateSerializer, Immutable, Alias("ManifestEntries")]
public sealed record ManifestEntries
{
    [Id(0)] public required long Version { get; init; }

    [Id(1)] public required ImmutableArray<ManifestEntry> Entries { get; init; }
}

/// <summary>An operator's word about one entry; beats the manifest.</summary>
[GenerateSerializer, Immutable, Alias("EndpointOverride")]
public sealed record EndpointOverride
{
    [Id(0)] public required string EntryId { get; init; }

    [Id(1)] public required OverrideMode Mode { get; init; }

    [Id(2)] public string? Reason { get; init; }

    [Id(3)] public string? Notice { get; init; }

    [Id(4)] public required string SetBy { get; init; }

    [Id(5)] public required DateTimeOffset SetAt { get; init; }
}

[GenerateSerializer, Alias("OverrideMode")]
public enum OverrideMode
{
    /// <summary>No new requests; running ones finish.</summary>
    Drain,

    /// <summary>As Drain, shown as maintenance.</summary>
    Maintenance,

    /// <summary>Ends an ejection for a refused key; does not beat Offline or Maintenance of the manifest.</summary>
    Live,
}
