using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;

namespace Gateway.Api.Routing.Feed;

/// <summary>The snapshot in force. It stays in force while the silos cannot be reached.</summary>
public sealed class RoutingState(SnapshotBuilder builder)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoutingSnapshot? current;
    private ManifestEntries? manifest;
    private ManifestFeed? last;

    /// <summary>Null: no manifest was ever loaded.</summary>
    public RoutingSnapshot? Current => Volatile.Read(ref current);

    /// <summary>Completes when there is a snapshot.</summary>
    public Task First => first.Task;

    /// <summary>The cluster has answered, and has no manifest itself.</summary>
    public bool IsWithoutManifest => Current is null && Volatile.Read(ref last) is not null;

    public ImmutableArray<EndpointState> Endpoints => Current?.Endpoints.Values ?? [];

    /// <summary>Of the last feed applied; 0 before the first.</summary>
    public long FeedVersion => Volatile.Read(ref last)?.Version ?? 0;

    public long LimitsVersion => Volatile.Read(ref last)?.LimitsVersion ?? 0;

    public void Apply(ManifestFeed feed)
    {
        lock (gate)
        {
            var entriesChanged = feed.Manifest is not null;
            manifest = feed.Manifest ?? manifest;
            if (manifest is not null && (entriesChanged || last is null || !feed.Overrides.SequenceEqual(last.Overrides)))
            {
                Volatile.Write(ref current, builder.Build(manifest, feed.Overrides, current));
                first.TrySetResult();
            }

            Volatile.Write(ref last, feed);
            if (current is not null)
            {
                ApplyVerdicts(current, feed);
            }
        }
    }

    /// <summary>
    /// The cluster has nothing newer than the feed in force, so its word on health holds. Owners number their verdicts by other
    /// clocks than the feed: one that ran ahead of it was kept against the feed, and must not be kept for ever.
    /// </summary>
    public void Confirm()
    {
        lock (gate)
        {
            if (current is not null && last is not null)
            {
                ApplyVerdicts(current, last);
            }
        }
    }

    /// <summary>Makes the snapshot again when provider keys or fallback chains changed. True: they had.</summary>
    public bool FollowSettings()
    {
        lock (gate)
        {
            if (current is null || manifest is null || builder.IsCurrent(current))
            {
                return false;
            }

            Volatile.Write(ref current, builder.Build(manifest, last!.Overrides, current));
            return true;
        }
    }

    private static void ApplyVerdicts(RoutingSnapshot snapshot, ManifestFeed feed)
    {
        var verdicts = new Dictionary<string, EndpointVerdict>(StringComparer.Ordinal);
        foreach (var verdict in feed.Verdicts)
        {
            verdicts[verdict.EntryId] = verdict;
        }

        foreach (var (id, endpoint) in snapshot.Endpoints)
        {
            endpoint.ApplyFeed(verdicts.GetValueOrDefault(id), feed.Version);
        }
    }
}
