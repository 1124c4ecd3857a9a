using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Finds fields that are understood but that nothing acts on yet, so that nobody relies on them unknowingly.</summary>
internal static class NotEnforced
{
    public static ImmutableArray<string> In(ImmutableArray<ManifestEntry> entries) => [.. entries.SelectMany(Of)];

    private static IEnumerable<string> Of(ManifestEntry entry)
    {
        string[] fields =
        [
            .. entry.MaxOutputTokens is null ? Array.Empty<string>() : ["max_output_tokens"],
            .. entry.InputExtraTokens is null ? Array.Empty<string>() : ["input_extra_tokens"],
            .. entry.Probe == ProbeKind.Off ? Array.Empty<string>() : ["probe"],
        ];
        return fields.Length == 0 ? [] : [$"{string.Join(", ", fields)} of manifest entry \"{entry.Id}\""];
    }
}
