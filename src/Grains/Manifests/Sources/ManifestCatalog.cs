using System.Collections.Immutable;
using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Network;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Manifests.Sources;

/// <summary>All manifest sources and the overlay, and the manifest that follows from them.</summary>
internal sealed class ManifestCatalog
{
    private readonly ManifestOptions _options;
    private readonly IProviderKeys _keys;
    private readonly AddressPolicy _policy;
    private readonly TimeProvider _time;
    private ImmutableArray<KeyOrigin> _origins = [];

    /// <param name="proxy">For manifests behind https; null: none.</param>
    public ManifestCatalog(IOptions<ManifestOptions> options, IProviderKeys keys, TimeProvider time, IWebProxy? proxy = null)
    {
        _options = options.Value;
        _keys = keys;
        _time = time;
        _policy = new AddressPolicy(_options.AllowPrivateUpstreams);
        Sources =
        [
            .. _options.Sources.Select(source => new SourceSlot(
                source.Name, ManifestFetchers.DisplayLocation(source), ManifestFetchers.Create(source, _options.FetchTimeout, time, () => AuthorizationOf(source.Name), proxy), time)),
        ];
        Overlay = _options.OverlayPath is { } path ? new OverlaySlot(path, _options.FetchTimeout, time) : null;
    }

    public ImmutableArray<SourceSlot> Sources { get; }

    public OverlaySlot? Overlay { get; }

    public ImmutableArray<RejectedEntry> Rejected { get; private set; } = [];

    /// <summary>Of the keys that the last assembly saw.</summary>
    public long SeenKeysVersion { get; private set; } = -1;

    public bool HasOtherKeys => _keys.Version != SeenKeysVersion;

    /// <summary>Entries of the overlay that no manifest has.</summary>
    public IEnumerable<string> UnmatchedOverlay =>
        Overlay?.Copy?.Entries.Keys.Except(Drafts.Select(draft => draft.Id)).Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();

    private IEnumerable<DraftEntry> Drafts =>
        Sources.SelectMany(source => new[] { source.Copies.InForce, source.Copies.Newest }).OfType<SourceCopy>().SelectMany(copy => copy.Entries);

    // Asked at every fetch: the secret file behind it may have changed.
    private string? AuthorizationOf(string name) => _options.Sources.FirstOrDefault(source => source.Name == name)?.Authorization;

    public void Restore(ManifestState state)
    {
        _origins = state.Origins;
        Overlay?.Restore(state.Overlay);
        foreach (var copy in state.Sources)
        {
            Sources.FirstOrDefault(source => source.Name == copy.Source && source.Location == copy.Location)?.Restore(copy);
        }
    }

    public AssembledManifest Assemble()
    {
        SeenKeysVersion = _keys.Version;
        var assembled = ManifestAssembler.Assemble(new AssemblyInput(
            [.. Sources.Select(source => source.Copies)],
            Overlay is null ? ImmutableDictionary<string, EntryOptions>.Empty : Overlay.Copy?.Entries,
            _origins,
            _keys,
            _policy,
            Sources.SelectMany(source => source.Addresses).DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
            _options.DefaultIssuer));
        _origins = assembled.Origins;
        Rejected = assembled.Rejected;
        foreach (var source in Sources)
        {
            source.Note(assembled, _time.GetUtcNow());
        }

        return assembled;
    }

    /// <summary>What must be stored, laid into the stored state.</summary>
    public ManifestState Store(ManifestState state) => state with
    {
        Sources = [.. Sources.Select(source => source.Copies.InForce).OfType<SourceCopy>()],
        Overlay = Overlay?.Copy,
        Origins = _origins,
    };

    public bool IsStored(ManifestState state) =>
        state.Sources.SequenceEqual(Sources.Select(source => source.Copies.InForce).OfType<SourceCopy>())
        && ReferenceEquals(state.Overlay, Overlay?.Copy)
        && state.Origins.SequenceEqual(_origins);

    /// <summary>Null: there is no such entry.</summary>
    public EntryOrigin? OriginOf(string entryId) => Newest(entryId) is not { } draft
        ? null
        : new EntryOrigin
        {
            EndpointId = draft.EndpointId,
            Named = Origin.Of(draft.Url),
            Bound = [.. _origins.Where(known => known.EndpointId == draft.EndpointId).Select(known => known.Origin)],
        };

    /// <summary>Of the present origin of the entry; null: there is no such entry.</summary>
    public OriginApproval? PrepareApproval(string entryId, ImmutableArray<ManifestEntry> inForce)
    {
        if (Newest(entryId) is not { } draft)
        {
            return null;
        }

        var origin = Origin.Of(draft.Url);
        var inUse = inForce.Where(entry => entry.EndpointId == draft.EndpointId).Select(entry => Origin.Of(entry.Url)).ToHashSet(StringComparer.Ordinal);
        return new OriginApproval(draft.EndpointId, origin, inUse);
    }

    /// <summary>All origins as they are once it is approved.</summary>
    public ImmutableArray<KeyOrigin> OriginsWith(OriginApproval approval) => KeyOrigins.Approve(_origins, approval.EndpointId, approval.Origin, approval.InUse);

    public void Approve(OriginApproval approval) => _origins = OriginsWith(approval);

    public ImmutableArray<ManifestSourceState> Describe() =>
        Overlay is null
            ? [.. Sources.Select(source => source.Describe())]
            : [.. Sources.Select(source => source.Describe()), Overlay.Describe()];

    // The newest copy may want an origin that the one in force does not have.
    private DraftEntry? Newest(string entryId) => Sources.SelectMany(source => new[] { source.Copies.Newest, source.Copies.InForce })
        .OfType<SourceCopy>().SelectMany(copy => copy.Entries)
        .FirstOrDefault(entry => entry.Id == entryId && Uri.TryCreate(entry.Url, UriKind.Absolute, out var url) && HostName.IsValid(url));
}

/// <param name="InUse">Origins of this key that entries in force have.</param>
internal sealed record OriginApproval(string EndpointId, string Origin, HashSet<string> InUse);
