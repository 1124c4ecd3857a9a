using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Grains.Endpoints;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests.Assembly;
using Gateway.Grains.Manifests.Feed;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Sources;
using Gateway.Grains.Manifests.State;
using Gateway.Grains.Network;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Manifests;

/// <summary>
/// Runs the parts of the manifest: looks at the sources outside of its turns, applies what they found in short ones, and answers nodes.
/// </summary>
[KeepAlive, GrainType("manifest")]
internal sealed partial class ManifestGrain : Grain, IManifestGrain, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // On Orleans an activation ends only once no call runs: a silo that stops holds up the manifest for so long.
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(2);

    /// <summary>Shorter than that of callers, who would take silence for a silo that is gone; a source may take minutes.</summary>
    private static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(40);

    private const string StillReading = "It has not answered yet. The look that was asked for goes on, and what it finds holds once it ends.";

    private static readonly TimeSpan FirstLookAtFiles = TimeSpan.FromSeconds(1);
    private const int LongestNote = 1_000;

    private readonly ManifestOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ManifestCatalog _catalog;
    private readonly FeedBoard _board;
    private readonly NodeRegistry _nodes;
    private readonly IClusterMembershipService? _membership;
    private readonly MembershipReading _membershipReading;
    private readonly ManifestReporter _reporter;
    private readonly ManifestKeeper _keeper;
    private readonly HostResolver _hosts;
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<SourceSlot, Task> _looks = [];
    private readonly HashSet<SourceSlot> _askedFor = [];
    private readonly VerdictRollCall _rollCall;
    private readonly ProbeOrders _probeOrders;
    private readonly UpstreamChanges _upstreamChanges;
    private Task? _overlayLook;
    private bool _mustAssembleAgain;
    private bool _lostToAnother;

    public ManifestGrain(
        [PersistentState("manifest", "gateway")] IPersistentState<ManifestState> storage,
        IOptions<ManifestOptions> options,
        IProviderKeys keys,
        HostLookup lookup,
        TimeProvider time,
        ILogger<ManifestGrain> logger,
        IClusterMembershipService? membership = null,
        IWebProxy? proxy = null)
    {
        _options = options.Value;
        _membership = membership;
        _membershipReading = new MembershipReading(membership, time);
        _nodes = new NodeRegistry(_options.KeysServeFor, time);
        _time = time;
        _logger = logger;
        _catalog = new ManifestCatalog(options, keys, time, proxy);
        _board = new FeedBoard(time);
        _reporter = new ManifestReporter(logger);
        _keeper = new ManifestKeeper(storage, _catalog, _board, _nodes, time, logger, GiveUp);
        _hosts = new HostResolver(lookup, time);
        _rollCall = new VerdictRollCall(async id => (await GrainFactory.GetGrain<IEndpointGrain>(id).Describe()).Verdict, _board.Merge, time);
        _upstreamChanges = new UpstreamChanges(id => GrainFactory.GetGrain<IEndpointGrain>(id).Reset());
        _probeOrders = new ProbeOrders((id, order) => GrainFactory.GetGrain<IEndpointGrain>(id).SetProbe(order), _board, time);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _keeper.Restore();
        await _keeper.CatchUpAsync(cancellationToken);
        await LookAtFilesAsync(cancellationToken);
        if (_catalog.Overlay is null or { Copy: not null })
        {
            TryAssemble();
        }

        this.RegisterGrainTimer(OnTickAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Tick) { Interleave = true, KeepAlive = true });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _board.Close();
        await _ending.CancelAsync();
        if (!_lostToAnother)
        {
            await _keeper.CatchUpAsync(cancellationToken);
        }
    }

    public Task<ManifestFeed> Watch(long sinceVersion, CancellationToken cancellationToken) =>
        _board.WatchAsync(sinceVersion, LongPoll, cancellationToken);

    public Task<HeartbeatAnswer> Heartbeat(NodeHeartbeat heartbeat)
    {
        _board.Learn(heartbeat.FeedVersion);
        _nodes.Note(heartbeat);
        return Task.FromResult(new HeartbeatAnswer
        {
            FeedVersion = _board.Version,
            SettingsDiffer = _nodes.SettingsDiffer(_options.SettingsHash),
            KeysVersion = _board.KeysVersion,
            LimitsVersion = _board.LimitsVersion,
            KnowsMembers = _membershipReading.IsFresh,
        });
    }

    public Task SiloHeartbeat(SiloHeartbeat heartbeat)
    {
        _nodes.Note(heartbeat);
        return Task.CompletedTask;
    }

    public Task<ManifestDescription> Describe() => Task.FromResult(new ManifestDescription
    {
        Version = _board.Manifest?.Version ?? 0,
        Sources = _catalog.Describe(),
        Entries = _board.Entries,
        Rejected = _catalog.Rejected,
        NotEnforced = _options.NotEnforced,
        Overrides = _board.Overrides,
    });

    public Task<NodeList> DescribeNodes() => Task.FromResult(new NodeList
    {
        Nodes = _nodes.SeenLately,
        IsComplete = _nodes.IsComplete,
        Silos = _nodes.SilosSeenLately,
        MembershipVersion = _membership?.CurrentSnapshot.Version.Value,
        Silent = _nodes.Silent,
    });

    public async Task<ManifestDescription> Refresh(CancellationToken cancellationToken)
    {
        var looks = _catalog.Sources.Select(source => (source.Name, Ended: LookAfresh(source))).ToList();
        try
        {
            await Task.WhenAll(looks.Select(look => look.Ended)).WaitAsync(RefreshPatience, _time, cancellationToken);
            return await Describe();
        }
        catch (TimeoutException)
        {
            var late = looks.Where(look => !look.Ended.IsCompleted).Select(look => look.Name).ToHashSet(StringComparer.Ordinal);
            var description = await Describe();
            return description with { Sources = [.. description.Sources.Select(state => late.Contains(state.Name) ? state with { LastError = StillReading, LastErrorAt = _time.GetUtcNow() } : state)] };
        }
    }

    public async Task<bool> SetOverride(EndpointOverride value)
    {
        if (value.Reason?.Length > LongestNote || value.Notice?.Length > LongestNote)
        {
            throw new ArgumentException($"reason and notice may have at most {LongestNote} characters.", nameof(value));
        }

        if (!_board.Entries.Any(entry => entry.Id == value.EntryId))
        {
            return false;
        }

        await _keeper.SetOverridesAsync(all => [.. all.Where(item => item.EntryId != value.EntryId), value]);
        _logger.OverrideSet(value.EntryId, value.Mode.ToString(), value.SetBy);
        return true;
    }

    public async Task<bool> ClearOverride(string entryId)
    {
        if (!_board.Overrides.Any(item => item.EntryId == entryId))
        {
            return false;
        }

        await _keeper.SetOverridesAsync(all => [.. all.Where(item => item.EntryId != entryId)]);
        _logger.OverrideSet(entryId, "cleared", "operator");
        return true;
    }

    public Task<EntryOrigin?> DescribeOrigin(string entryId) => Task.FromResult(_catalog.OriginOf(entryId));

    public async Task<bool> ApproveOrigin(string entryId, string origin)
    {
        // The manifest may have changed since somebody looked: what was not seen is not approved.
        if (_catalog.PrepareApproval(entryId, _board.Entries) is not { } approval || approval.Origin != origin)
        {
            return false;
        }

        await _keeper.ApproveAsync(approval, () =>
        {
            _logger.OriginApproved(approval.EndpointId, approval.Origin);
            TryAssemble();
        });
        return true;
    }

    public Task PublishVerdict(EndpointVerdict verdict)
    {
        _board.Merge(verdict);
        return Task.CompletedTask;
    }

    public async Task<long> KeysChanged(long keysVersion)
    {
        // Nodes must learn of a revoked key also while the storage is away.
        _board.SetKeysVersion(keysVersion);
        await _keeper.CatchUpAsync(_ending.Token);
        return _board.Version;
    }

    public async Task<long> LimitsChanged(long limitsVersion)
    {
        _board.SetLimitsVersion(limitsVersion);
        await _keeper.CatchUpAsync(_ending.Token);
        return _board.Version;
    }

    public void Dispose()
    {
        _ending.Dispose();
        _keeper.Dispose();
        foreach (var source in _catalog.Sources)
        {
            (source.Fetcher as IDisposable)?.Dispose();
        }
    }

    private void GiveUp()
    {
        _lostToAnother = true;
        _board.Close();
        DeactivateOnIdle();
    }
}
