using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Equality by content. Records compare collections by reference, so these are compared here and the rest by the record.</summary>
internal static class ManifestEntryComparer
{
    public static bool AreEqual(ManifestEntry left, ManifestEntry right)
    {
        var aligned = right with
        {
            Experts = left.Experts,
            Aliases = left.Aliases,
            Headers = left.Headers,
            Query = left.Query,
            AllowedGroups = left.AllowedGroups,
            AllowedDomains = left.AllowedDomains,
            ForwardHeaders = left.ForwardHeaders,
        };
        return left == aligned
            && left.Experts.SequenceEqual(right.Experts)
            && left.ForwardHeaders.SequenceEqual(right.ForwardHeaders)
            && Same(left.Aliases, right.Aliases)
            && Same(left.Headers, right.Headers)
            && Same(left.Query, right.Query)
            && Same(left.AllowedGroups, right.AllowedGroups)
            && Same(left.AllowedDomains, right.AllowedDomains);
    }

    private static bool Same(ImmutableArray<string>? left, ImmutableArray<string>? right) =>
        left is { } one && right is { } other ? one.SequenceEqual(other) : left.HasValue == right.HasValue;

    private static bool Same(ImmutableDictionary<string, string> left, ImmutableDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
