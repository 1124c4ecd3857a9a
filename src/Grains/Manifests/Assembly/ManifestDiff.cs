using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>What changed between two manifests, by manifest key. A mere change of order is none.</summary>
internal sealed record ManifestDiff(
    ImmutableArray<ManifestEntry> Added, ImmutableArray<EntryChange> Changed, ImmutableArray<ManifestEntry> Removed)
{
    public bool IsEmpty => Added.IsEmpty && Changed.IsEmpty && Removed.IsEmpty;

    public static ManifestDiff Between(ImmutableArray<ManifestEntry> before, ImmutableArray<ManifestEntry> after)
    {
        var old = before.ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        var added = ImmutableArray.CreateBuilder<ManifestEntry>();
        var changed = ImmutableArray.CreateBuilder<EntryChange>();
        foreach (var entry in after)
        {
            if (!old.Remove(entry.Id, out var previous))
            {
                added.Add(entry);
            }
            else if (!ManifestEntryComparer.AreEqual(previous, entry))
            {
                changed.Add(new EntryChange(previous, entry));
            }
        }

        return new ManifestDiff(added.ToImmutable(), changed.ToImmutable(), [.. before.Where(entry => old.ContainsKey(entry.Id))]);
    }
}

internal sealed record EntryChange(ManifestEntry Before, ManifestEntry After)
{
    public bool ChangesStatus => Before.StatusText != After.StatusText;
}
