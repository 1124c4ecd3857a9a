using System.Collections.Concurrent;
using Gateway.Api.Authentication.Subjects;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Every usable API key of the gateway, in memory: a look-up takes no lock and makes no call.</summary>
internal sealed partial class ApiKeySnapshot(IApiKeyStore store, SubjectNames names, TimeProvider time, ILogger<ApiKeySnapshot> logger) : IDisposable
{
    private const int PageSize = 1000;
    private const int MaxReportedForgeries = 1000;

    /// <summary>Dead keys stay that long, so that whoever goes on using one is told why it fails without a look-up. Later the table tells.</summary>
    private static readonly TimeSpan DeadAge = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan DropPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<KeyHash, KeyEntry> _byHash = new();
    private readonly ConcurrentDictionary<string, KeyEntry> _byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reportedForgeries = new(StringComparer.Ordinal);
    private readonly Lock _changes = new();
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private long _appliedVersion;
    private long _passedVersion;
    private long _droppedAt = time.GetTimestamp();

    /// <summary>Every change up to this version is in force here.</summary>
    public long AppliedVersion => Volatile.Read(ref _appliedVersion);

    /// <summary>Newest change that a refresh has come by; <see cref="TakeAsync"/> wants it from before a row was read.</summary>
    public long PassedVersion => Volatile.Read(ref _passedVersion);

    /// <summary>Of every key that is here.</summary>
    public IEnumerable<KeyUsage> Usages => _byHash.Values.Select(entry => entry.Usage).Distinct();

    public bool TryFind(KeyHash hash, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KeyEntry? entry) => _byHash.TryGetValue(hash, out entry);

    /// <summary>As <see cref="TryFind(KeyHash, out KeyEntry?)"/>, by id.</summary>
    public bool TryFind(string id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KeyEntry? entry) => _byId.TryGetValue(id, out entry);

    /// <summary>Reads all that changed in the database since the last time.</summary>
    /// <param name="keysVersion">A version that is known to be committed; 0: none.</param>
    /// <exception cref="Gateway.Storage.StorageUnavailableException">The snapshot stays as it was.</exception>
    public async Task RefreshAsync(long keysVersion, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var applied = AppliedVersion;
            for (var cursor = applied; ;)
            {
                var page = await store.ChangedSinceAsync(cursor, PageSize, cancellationToken);
                foreach (var stored in page)
                {
                    Pass(stored);

                    // A forged row must not move the mark: with a huge version it would hide every later revocation.
                    applied = stored.IsAuthentic ? Math.Max(applied, stored.Record.Version) : applied;
                }

                if (page.Count < PageSize)
                {
                    break;
                }

                cursor = page[^1].Record.Version;
            }

            Volatile.Write(ref _appliedVersion, Math.Max(applied, keysVersion));
            DropDead();
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>
    /// Takes over a row that was read beside the refreshes. One of them may have come by a newer state of it meanwhile, of which nothing is here
    /// if it was dead; then the row is read once more.
    /// </summary>
    /// <param name="stored">The row.</param>
    /// <param name="passed"><see cref="PassedVersion"/> before it was read; for a change that was made here the version before it.</param>
    /// <returns>Null: it is not there any more, or was forged, and grants nothing.</returns>
    public async Task<KeyEntry?> TakeAsync(StoredApiKey stored, long passed, CancellationToken cancellationToken)
    {
        for (var current = stored; current is not null; current = await store.FindAsync(stored.Record.Id, cancellationToken))
        {
            lock (_changes)
            {
                if (_passedVersion == passed || _passedVersion < current.Record.Version || _byId.ContainsKey(current.Record.Id))
                {
                    return Apply(current);
                }

                passed = _passedVersion;
            }
        }

        return null;
    }

    /// <summary>Takes over one record at once, unless a newer one is here.</summary>
    /// <returns>Null: it was forged and grants nothing.</returns>
    public KeyEntry? Apply(StoredApiKey stored)
    {
        var record = stored.Record;
        lock (_changes)
        {
            _byId.TryGetValue(record.Id, out var known);
            if (known is not null && known.Version > record.Version)
            {
                return known;
            }

            if (!stored.IsAuthentic)
            {
                Forget(record.Id, known);
                Report(record.Id);
                return null;
            }

            if (known?.Version == record.Version)
            {
                // A change made here comes again with the next refresh; whoever uses the key keeps its caller.
                return known;
            }

            var entry = new KeyEntry(record, names, known?.Usage);
            if (known is null && (entry.IsRevoked || entry.IsExpired(time.GetUtcNow())))
            {
                // Not kept: the dead keys of years would fill the memory of every node.
                return entry;
            }

            // First the new texts, then away with the old ones: a key that is rotated works all the time.
            _byId[record.Id] = entry;
            _byHash[entry.Hash] = entry;
            if (entry.Previous is { } previous)
            {
                _byHash[previous.Hash] = previous;
            }

            Remove(known, unless: entry);
            return entry;
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private void DropDead()
    {
        if (time.GetElapsedTime(_droppedAt) < DropPeriod)
        {
            return;
        }

        _droppedAt = time.GetTimestamp();
        var now = time.GetUtcNow();
        foreach (var (id, _) in _byId.Where(pair => pair.Value.IsDeadFor(DeadAge, now)))
        {
            lock (_changes)
            {
                // A change of it may have come since.
                if (_byId.TryGetValue(id, out var entry) && entry.IsDeadFor(DeadAge, now))
                {
                    Forget(id, entry);
                }
            }
        }
    }

    private void Pass(StoredApiKey stored)
    {
        lock (_changes)
        {
            Apply(stored);
            if (stored.IsAuthentic)
            {
                Volatile.Write(ref _passedVersion, Math.Max(_passedVersion, stored.Record.Version));
            }
        }
    }

    private void Forget(string id, KeyEntry? known)
    {
        if (known is not null)
        {
            _byId.TryRemove(id, out _);
            Remove(known, unless: null);
        }
    }

    private void Remove(KeyEntry? old, KeyEntry? unless)
    {
        foreach (var gone in (ReadOnlySpan<KeyEntry?>)[old, old?.Previous])
        {
            if (gone is not null && gone.Hash != unless?.Hash && gone.Hash != unless?.Previous?.Hash)
            {
                _byHash.TryRemove(gone.Hash, out _);
            }
        }
    }

    private void Report(string id)
    {
        if (_reportedForgeries.Count < MaxReportedForgeries && _reportedForgeries.Add(id))
        {
            LogForged(id);
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "API key {Id} is refused: its seal does not match. Its row was changed outside the gateway, or CLUSTER_SECRET is not the one that it was written under.")]
    private partial void LogForged(string id);
}
