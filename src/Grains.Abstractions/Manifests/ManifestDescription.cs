using System.Collections.Immutable;

namespace Gateway.Abstractions.Manifests;

/// <summary>The manifest as operators see it.</summary>
[GenerateSerializer, Immutable, Alias("ManifestDescription")]
public sealed record ManifestDescription
{
    /// <summary>0 while no manifest was ever loaded.</summary>
    [Id(0)] public required long Version { get; init; }

    [Id(1)] public required ImmutableArray<ManifestSourceState> Sources { get; init; }

    [Id(2)] public required ImmutableArray<ManifestEntry> Entries { get; init; }

    [Id(3)] public required ImmutableArray<RejectedEntry> Rejected { get; init; }

    /// <summary>Settings that were understood but have no effect yet, each with where it was found.</summary>
    [Id(4)] public ImmutableArray<string> NotEnforced { get; init; } = [];

    /// <summary>Also of entries that are not in the manifest now.</summary>
    [Id(5)] public ImmutableArray<EndpointOverride> Overrides { get; init; } = [];
}

/// <summary>One manifest address and how its last fetch went.</summary>
[GenerateSerializer, Immutable, Alias("ManifestSourceState")]
public sealed record ManifestSourceState
{
    /// <summary>The cluster name that its entries get.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Without user info and query.</summary>
    [Id(1)] public required string Location { get; init; }

    /// <summary>When the copy in force was last confirmed by the source.</summary>
    [Id(2)] public DateTimeOffset? FetchedAt { get; init; }

    /// <summary>Null: the last fetch succeeded.</summary>
    [Id(3)] public string? LastError { get; init; }

    [Id(4)] public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>It is the overlay, which is read when it changes and not once a period. A source may have the name <c>overlay</c>, too.</summary>
    [Id(5)] public bool IsOverlay { get; init; }
}

[GenerateSerializer, Immutable, Alias("RejectedEntry")]
public sealed record RejectedEntry
{
    [Id(0)] public required string Id { get; init; }

    [Id(1)] public required string Cluster { get; init; }

    /// <summary>A stable word: <c>no_key</c>, <c>origin_changed</c>, <c>duplicate_id</c>, <c>missing_url</c>, …</summary>
    [Id(2)] public required string Reason { get; init; }

    /// <summary>A sentence that says what to do.</summary>
    [Id(3)] public required string Detail { get; init; }
}
