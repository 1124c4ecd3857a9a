using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.State;

/// <summary>What one manifest said when it was last good.</summary>
[GenerateSerializer, Immutable, Alias("SourceCopy")]
public sealed record SourceCopy
{
    [Id(0)] public required string Source { get; init; }

    /// <summary>Without user info and query. A copy of another address is not used.</summary>
    [Id(1)] public required string Location { get; init; }

    [Id(2)] public required DateTimeOffset FetchedAt { get; init; }

    [Id(3)] public required ImmutableArray<DraftEntry> Entries { get; init; }

    /// <summary>Entries that are not well formed.</summary>
    [Id(4)] public required ImmutableArray<RejectedEntry> Rejected { get; init; }
}
