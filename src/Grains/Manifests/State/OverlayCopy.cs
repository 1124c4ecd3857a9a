using System.Collections.Immutable;

namespace Gateway.Grains.Manifests.State;

/// <summary>What the overlay said when it was last good.</summary>
[GenerateSerializer, Immutable, Alias("OverlayCopy")]
public sealed record OverlayCopy
{
    [Id(0)] public required string Path { get; init; }

    [Id(1)] public required DateTimeOffset ReadAt { get; init; }

    [Id(2)] public required ImmutableDictionary<string, EntryOptions> Entries { get; init; }
}
