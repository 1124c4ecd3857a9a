using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Management.Endpoints;

namespace Gateway.Api.Management.Manifest;

/// <summary>The manifest in force, and what of the sources is not in force and why.</summary>
/// <param name="Version">0: none was ever loaded.</param>
/// <param name="Source">Addresses without credentials and queries, comma-separated.</param>
/// <param name="FetchedAt">The oldest confirmation of a source's copy.</param>
/// <param name="Overrides">By entry, also of those that are not in the manifest now.</param>
/// <param name="NotEnforced">Settings that are understood but have no effect.</param>
public sealed record ManifestJson(
    long Version, string Source, DateTime? FetchedAt, IReadOnlyList<ManifestSourceJson> Sources, IReadOnlyList<ManifestEntryJson> Entries,
    IReadOnlyList<RejectedJson> Rejected, IReadOnlyDictionary<string, OverrideJson?> Overrides, ImmutableArray<string> NotEnforced, ImmutableArray<string> Unavailable)
{
    public static ManifestJson Of(ManifestDescription manifest) => new(
        manifest.Version,
        string.Join(", ", Fetched(manifest).Select(source => source.Location)),
        Fetched(manifest).Min(source => source.FetchedAt)?.UtcDateTime,
        [.. manifest.Sources.Select(ManifestSourceJson.Of)],
        [.. manifest.Entries.Select(ManifestEntryJson.Of)],
        [.. manifest.Rejected.Select(entry => new RejectedJson(entry.Id, entry.Cluster, entry.Reason, entry.Detail))],
        manifest.Overrides.ToFrozenDictionary(word => word.EntryId, OverrideJson.Of, StringComparer.Ordinal),
        manifest.NotEnforced,
        []);

    // The overlay is only read when it changes: its time says nothing of how old the manifest is.
    private static IEnumerable<ManifestSourceState> Fetched(ManifestDescription manifest) => manifest.Sources.Where(source => !source.IsOverlay);

    public static ManifestJson Unreachable() => new(0, "", null, [], [], [], FrozenDictionary<string, OverrideJson?>.Empty, [], [IManifestGrain.Key]);
}

public sealed record ManifestSourceJson(string Name, string Location, DateTime? FetchedAt, string? LastError, DateTime? LastErrorAt)
{
    public static ManifestSourceJson Of(ManifestSourceState source) =>
        new(source.Name, source.Location, source.FetchedAt?.UtcDateTime, source.LastError, source.LastErrorAt?.UtcDateTime);
}

public sealed record ManifestEntryJson(string Id, string Cluster, string Framework, string Status, string EndpointId, string Origin, ImmutableArray<string> Models)
{
    public static ManifestEntryJson Of(ManifestEntry entry) =>
        new(entry.Id, entry.Cluster, entry.Framework, entry.StatusText, entry.EndpointId, new Uri(entry.Url).GetLeftPart(UriPartial.Authority), entry.Experts);
}

public sealed record RejectedJson(string Id, string Cluster, string Reason, string Detail);
