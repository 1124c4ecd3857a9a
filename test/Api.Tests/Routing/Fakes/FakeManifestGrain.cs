using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>A manifest grain whose feed a test sets; its long poll is released by the next change only.</summary>
public sealed class FakeManifestGrain(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long manifestVersion;

    public ManifestFeed Feed { get; private set; } = new() { Version = time.GetUtcNow().ToUnixTimeMilliseconds() };

    public ConcurrentQueue<long> Watches { get; } = new();

    public ConcurrentQueue<NodeHeartbeat> Heartbeats { get; } = new();

    /// <summary>Set: every call fails.</summary>
    public bool IsLost { get; set; }

    /// <summary>Set: changes end with it.</summary>
    public Exception? WriteFailure { get; set; }

    /// <summary>Set: changes wake no watcher, as if pushes were lost.</summary>
    public bool IsSilent { get; set; }

    /// <summary>By entry id: where the manifest wants the key to go, and where it may go.</summary>
    public Dictionary<string, EntryOrigin> Origins { get; } = [];

    /// <summary>Set: the manifest names another origin as soon as this one is to be approved.</summary>
    public bool IsOriginMoving { get; set; }

    public ManifestDescription Description { get; set; } = new() { Version = 0, Sources = [], Entries = [], Rejected = [] };

    public int Refreshes { get; private set; }

    public void Publish(params ManifestEntry[] entries) =>
        Change(feed => feed with { Manifest = new ManifestEntries { Version = manifestVersion = feed.Version, Entries = [.. entries] } });

    public void Publish(params EndpointVerdict[] verdicts) => Change(feed => feed with { Verdicts = [.. verdicts] });

    public void Publish(params EndpointOverride[] overrides) => Change(feed => feed with { Overrides = [.. overrides] });

    public void PublishKeys(long version) => Change(feed => feed with { KeysVersion = version });

    public async Task<ManifestFeed> Watch(long sinceVersion, CancellationToken cancellationToken)
    {
        Watches.Enqueue(sinceVersion);
        while (true)
        {
            Task wait;
            lock (gate)
            {
                ThrowIfLost();
                if (Feed.Version > sinceVersion && !(IsSilent && sinceVersion > 0))
                {
                    return sinceVersion >= manifestVersion ? Feed with { Manifest = null } : Feed;
                }

                wait = changed.Task;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    public bool SettingsDiffer { get; set; }

    public bool? KnowsMembers { get; set; } = false;

    public ConcurrentQueue<SiloHeartbeat> SiloHeartbeats { get; } = new();

    public Task SiloHeartbeat(SiloHeartbeat heartbeat)
    {
        SiloHeartbeats.Enqueue(heartbeat);
        return Task.CompletedTask;
    }

    public Task<HeartbeatAnswer> Heartbeat(NodeHeartbeat heartbeat)
    {
        ThrowIfLost();
        Heartbeats.Enqueue(heartbeat);
        return Task.FromResult(new HeartbeatAnswer { FeedVersion = Feed.Version, KeysVersion = Feed.KeysVersion, SettingsDiffer = SettingsDiffer, KnowsMembers = KnowsMembers });
    }

    public Task<ManifestDescription> Describe()
    {
        ThrowIfLost();
        return Task.FromResult(Description);
    }

    public Task<NodeList> DescribeNodes()
    {
        ThrowIfLost();
        return Task.FromResult(new NodeList { Nodes = [.. Heartbeats.Reverse().DistinctBy(beat => beat.NodeId).Select(beat => new NodeState { Last = beat, SeenAt = time.GetUtcNow() })] });
    }

    public Task<ManifestDescription> Refresh(CancellationToken cancellationToken)
    {
        Refreshes++;
        return Describe();
    }

    public Task<bool> SetOverride(EndpointOverride value)
    {
        ThrowIfLost();
        if (WriteFailure is not null)
        {
            throw WriteFailure;
        }

        Publish([.. Feed.Overrides.Where(word => word.EntryId != value.EntryId), value]);
        return Task.FromResult(true);
    }

    public Task<bool> ClearOverride(string entryId)
    {
        ThrowIfLost();
        var known = Feed.Overrides.Any(word => word.EntryId == entryId);
        Publish([.. Feed.Overrides.Where(word => word.EntryId != entryId)]);
        return Task.FromResult(known);
    }

    public Task<EntryOrigin?> DescribeOrigin(string entryId) => Task.FromResult(Origins.GetValueOrDefault(entryId));

    public Task<bool> ApproveOrigin(string entryId, string origin)
    {
        if (IsOriginMoving || Origins.GetValueOrDefault(entryId)?.Named != origin)
        {
            return Task.FromResult(false);
        }

        Origins[entryId] = Origins[entryId] with { Bound = [origin] };
        return Task.FromResult(true);
    }

    public static Task PublishVerdict(EndpointVerdict verdict) => Task.CompletedTask;

    public Task<long> KeysChanged(long keysVersion) => Task.FromResult(Feed.Version);

    public Task<long> LimitsChanged(long limitsVersion)
    {
        ThrowIfLost();
        Change(feed => feed with { LimitsVersion = limitsVersion });
        return Task.FromResult(Feed.Version);
    }

    /// <summary>Lets watchers under way see a loss or its end.</summary>
    public void Wake()
    {
        lock (gate)
        {
            changed.SetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Change(Func<ManifestFeed, ManifestFeed> change)
    {
        lock (gate)
        {
            var next = Math.Max(Feed.Version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
            Feed = change(Feed with { Version = next });
        }

        if (!IsSilent)
        {
            Wake();
        }
    }

    private void ThrowIfLost()
    {
        if (IsLost)
        {
            throw new TimeoutException("The silo is gone.");
        }
    }
}
