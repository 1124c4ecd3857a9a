using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Finds fields that are understood but that nothing acts on yet, so that nobody relies on them unknowingly.</summary>
internal static class NotEnforced
{
    public static ImmutableArray<string> In(ImmutableArray<ManifestEntry> entries) =>
        [.. entries.Where(entry => entry.Probe != ProbeKind.Off).Select(entry => $"probe of manifest entry \"{entry.Id}\"")];
}
