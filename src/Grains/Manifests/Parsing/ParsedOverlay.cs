using System.Collections.Immutable;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Parsing;

/// <param name="Error">Why the overlay cannot be used, as the end of a sentence; null: it was read.</param>
internal sealed record ParsedOverlay(string? Error, ImmutableDictionary<string, EntryOptions> Entries)
{
    public static ParsedOverlay Broken(string error) => new(error, ImmutableDictionary<string, EntryOptions>.Empty);
}
