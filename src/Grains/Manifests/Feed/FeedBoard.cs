using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.Feed;

/// <summary>
/// What all nodes must agree on, under one rising version; whoever waits for a newer one is woken by every change. Used by one turn at a time.
/// </summary>
internal sealed class FeedBoard(TimeProvider time)
{
    // A version from further ahead than this cannot come from a clock or a lost activation.
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(1);

    private readonly Dictionary<string, EndpointVerdict> _verdicts = new(StringComparer.Ordinal);
    private HashSet<string> _ids = [];
    private bool _isClosed;
    private TaskCompletionSource _changed = NewSignal();
    private ImmutableArray<EndpointVerdict> _unhealthy = [];

    public long Version { get; private set; }

    public ManifestEntries? Manifest { get; private set; }

    public ImmutableArray<EndpointOverride> Overrides { get; private set; } = [];

    public long KeysVersion { get; private set; }

    public long LimitsVersion { get; private set; }

    public ImmutableArray<ManifestEntry> Entries => Manifest?.Entries ?? [];

    /// <summary>Continues above every version that an earlier activation gave out.</summary>
    public void Start(long lastVersion, ImmutableArray<EndpointOverride> overrides, long keysVersion, long limitsVersion)
    {
        Overrides = overrides;
        KeysVersion = keysVersion;
        LimitsVersion = limitsVersion;
        Version = lastVersion;
        Bump();
    }

    public void SetEntries(ImmutableArray<ManifestEntry> entries)
    {
        var ids = entries.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _verdicts.Keys.Where(id => !ids.Contains(id)).ToList())
        {
            _verdicts.Remove(gone);
        }

        _ids = ids;
        Bump(entries);
    }

    public void SetOverrides(ImmutableArray<EndpointOverride> overrides)
    {
        Overrides = overrides;
        Bump();
    }

    /// <summary>Never lowers it.</summary>
    public void SetKeysVersion(long keysVersion)
    {
        if (keysVersion > KeysVersion)
        {
            KeysVersion = keysVersion;
            Bump();
        }
    }

    /// <summary>Never lowers it.</summary>
    public void SetLimitsVersion(long limitsVersion)
    {
        if (limitsVersion > LimitsVersion)
        {
            LimitsVersion = limitsVersion;
            Bump();
        }
    }

    /// <summary>Takes a verdict unless it is older than what is known, or of an entry that is not in force.</summary>
    public void Merge(EndpointVerdict verdict)
    {
        var known = _verdicts.GetValueOrDefault(verdict.EntryId);
        if (verdict.Version <= known?.Version || !_ids.Contains(verdict.EntryId))
        {
            return;
        }

        _verdicts[verdict.EntryId] = verdict;
        if (!verdict.IsHealthy || known is { IsHealthy: false })
        {
            Bump();
        }
    }

    /// <summary>A node knows a version that an activation gave out whose record was lost: go on above it, and send everything again.</summary>
    public void Learn(long versionOfNode)
    {
        var newest = Math.Max(Version, time.GetUtcNow().ToUnixTimeMilliseconds());
        ArgumentOutOfRangeException.ThrowIfGreaterThan(versionOfNode, newest + (long)FurthestAhead.TotalMilliseconds);
        if (versionOfNode > Version)
        {
            Version = versionOfNode;
            Bump(Manifest?.Entries);
        }
    }

    public ManifestFeed FeedSince(long version) => new()
    {
        Version = Version,
        Manifest = Manifest?.Version > version ? Manifest : null,
        Overrides = Overrides,
        Verdicts = _unhealthy,
        KeysVersion = KeysVersion,
        LimitsVersion = LimitsVersion,
    };

    /// <summary>The feed as soon as it is newer than <paramref name="version"/>, or as it is when <paramref name="wait"/> is over.</summary>
    public async Task<ManifestFeed> WatchAsync(long version, TimeSpan wait, CancellationToken cancellationToken)
    {
        Learn(version);
        if (Version <= version && !_isClosed)
        {
            await _changed.Task.WaitAsync(wait, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return FeedSince(version);
    }

    /// <summary>Answers everybody who waits, and who asks from now on, at once: this activation ends.</summary>
    public void Close()
    {
        _isClosed = true;
        _changed.TrySetResult();
    }

    private void Bump(ImmutableArray<ManifestEntry>? newEntries = null)
    {
        Version = Versions.Next(Version, time.GetUtcNow());
        Manifest = newEntries is { } entries ? new ManifestEntries { Version = Version, Entries = entries } : Manifest;
        _unhealthy = [.. _verdicts.Values.Where(verdict => !verdict.IsHealthy).OrderBy(verdict => verdict.EntryId, StringComparer.Ordinal)];
        var changed = _changed;
        _changed = NewSignal();
        changed.TrySetResult();
    }

    // Continuations must not run inside the turn that made the change.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
