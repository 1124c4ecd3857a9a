using System.Collections.Immutable;

namespace Gateway.Abstractions.Manifests;

/// <summary>Where the key of an entry may go. Origins are <c>https://host:port</c>, lower case, with the port.</summary>
[GenerateSerializer, Immutable, Alias("EntryOrigin")]
public sealed record EntryOrigin
{
    [Id(0)] public required string EndpointId { get; init; }

    /// <summary>Of the entry's URL in the newest copy of the manifest.</summary>
    [Id(1)] public required string Named { get; init; }

    /// <summary>Pinned or approved for the key.</summary>
    [Id(2)] public required ImmutableArray<string> Bound { get; init; }
}
