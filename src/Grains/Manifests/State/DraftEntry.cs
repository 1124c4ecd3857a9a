using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.State;

/// <summary>A well-formed entry of one manifest, before overlay, defaults, keys and origins.</summary>
[GenerateSerializer, Immutable, Alias("DraftEntry")]
public sealed record DraftEntry
{
    [Id(0)] public required string Id { get; init; }

    [Id(1)] public required EntryStatus Status { get; init; }

    [Id(2)] public required string StatusText { get; init; }

    [Id(3)] public required string Model { get; init; }

    [Id(4)] public required string Description { get; init; }

    [Id(5)] public required string Url { get; init; }

    [Id(6)] public required string EndpointId { get; init; }

    [Id(7)] public required ImmutableArray<string> Experts { get; init; }

    [Id(8)] public required EntryOptions Options { get; init; }
}
