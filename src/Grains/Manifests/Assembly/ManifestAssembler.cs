using System.Collections.Immutable;
using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Network;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>
/// Puts the manifest in force together:
/// (1) take the sources in their order; (2) of each, try the newest copy first: lay the overlay over every entry and check key, origin
/// and address; (3) a copy of which nothing is left does not replace the one in force, its rejections are shown all the same;
/// (4) an entry whose key an earlier source used is rejected.
/// </summary>
internal static class ManifestAssembler
{
    public static AssembledManifest Assemble(AssemblyInput input)
    {
        var origins = new KeyOrigins(input.Origins);
        var entries = ImmutableArray.CreateBuilder<ManifestEntry>();
        var rejected = ImmutableArray.CreateBuilder<RejectedEntry>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var inForce = ImmutableArray.CreateBuilder<SourceCopy>();
        var refused = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var source in input.Sources)
        {
            if (source.Newest is { } newest)
            {
                var attempt = Try(input, source.Name, newest, origins, used);
                rejected.AddRange(attempt.Rejected);
                if (!attempt.Entries.IsEmpty)
                {
                    Accept(attempt, newest);
                    continue;
                }

                refused.Add(source.Name);
            }

            if (source.InForce is { } lastGood && !ReferenceEquals(lastGood, source.Newest))
            {
                var fallback = Try(input, source.Name, lastGood, origins, used);
                rejected.AddRange(fallback.Rejected.Where(item => !rejected.Any(shown => shown.Id == item.Id && shown.Cluster == item.Cluster)));
                Accept(fallback, lastGood);
            }
        }

        return new AssembledManifest(entries.ToImmutable(), rejected.ToImmutable(), origins.Known, inForce.ToImmutable(), refused.ToImmutable());

        void Accept(Attempt attempt, SourceCopy copy)
        {
            entries.AddRange(attempt.Entries);
            used.UnionWith(attempt.Entries.Select(entry => entry.Id));
            inForce.Add(copy);
        }
    }

    private static Attempt Try(AssemblyInput input, string sourceName, SourceCopy copy, KeyOrigins origins, HashSet<string> used)
    {
        var gate = new EntryGate(input.Keys, origins, input.Policy, input.Addresses);
        var entries = ImmutableArray.CreateBuilder<ManifestEntry>();
        var rejected = copy.Rejected.ToBuilder();
        foreach (var draft in copy.Entries)
        {
            var (entry, rejection) = Check(input, sourceName, draft, gate, used);
            if (entry is not null)
            {
                entries.Add(entry);
                continue;
            }

            rejected.Add(new RejectedEntry { Id = draft.Id, Cluster = sourceName, Reason = rejection!.Reason, Detail = rejection.Detail });
        }

        return new Attempt(entries.ToImmutable(), rejected.ToImmutable());
    }

    private static (ManifestEntry? Entry, Rejection? Rejection) Check(
        AssemblyInput input, string sourceName, DraftEntry draft, EntryGate gate, HashSet<string> used)
    {
        if (used.Contains(draft.Id))
        {
            return (null, new Rejection(RejectionReasons.DuplicateId, "An earlier manifest has this key; rename the entry in one of them."));
        }

        if (input.Overlay is not { } overlay)
        {
            return (null, new Rejection(
                RejectionReasons.OverlayUnavailable, "METIS_OVERLAY was never read, and it may restrict this entry; see the source \"overlay\" for its error."));
        }

        // A copy may have been stored before such hosts were refused.
        if (!Uri.TryCreate(draft.Url, UriKind.Absolute, out var url) || !HostName.IsValid(url))
        {
            return (null, new Rejection(RejectionReasons.Bad("url"), $"\"url\" {HostName.Rule}."));
        }

        var entry = EntryAssembler.Assemble(draft, overlay.GetValueOrDefault(draft.Id), sourceName, input.DefaultIssuer);
        return gate.Check(entry) is { } rejection ? (null, rejection) : (entry, null);
    }

    private sealed record Attempt(ImmutableArray<ManifestEntry> Entries, ImmutableArray<RejectedEntry> Rejected);
}

/// <param name="Newest">The copy that was fetched last, whether good or not.</param>
/// <param name="InForce">The copy that was good last.</param>
internal sealed record SourceCopies(string Name, SourceCopy? Newest, SourceCopy? InForce);

/// <param name="Overlay">Null: an overlay is configured and was never read.</param>
internal sealed record AssemblyInput(
    ImmutableArray<SourceCopies> Sources,
    ImmutableDictionary<string, EntryOptions>? Overlay,
    ImmutableArray<KeyOrigin> Origins,
    IProviderKeys Keys,
    AddressPolicy Policy,
    IReadOnlyDictionary<string, ImmutableArray<IPAddress>> Addresses,
    string DefaultIssuer);

/// <param name="InForce">The copies that the entries come from.</param>
/// <param name="RefusedSources">Sources of whose newest copy nothing was left.</param>
internal sealed record AssembledManifest(
    ImmutableArray<ManifestEntry> Entries,
    ImmutableArray<RejectedEntry> Rejected,
    ImmutableArray<KeyOrigin> Origins,
    ImmutableArray<SourceCopy> InForce,
    ImmutableHashSet<string> RefusedSources);
