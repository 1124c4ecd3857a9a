using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Parsing;

/// <param name="Error">Why the document as a whole is useless, as the end of a sentence; null: it was read.</param>
/// <param name="UnknownFields">Names that were ignored, for a look at spelling.</param>
internal sealed record ParsedManifest(
    string? Error, ImmutableArray<DraftEntry> Entries, ImmutableArray<RejectedEntry> Rejected, ImmutableArray<UnknownField> UnknownFields)
{
    public static ParsedManifest Broken(string error) => new(error, [], [], []);
}
