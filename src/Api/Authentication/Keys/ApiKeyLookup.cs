using System.Collections.Concurrent;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>
/// Asks the database for a key that the snapshot does not have (yet): one query per key at a time, and none for a second
/// after it was not found.
/// </summary>
internal sealed class ApiKeyLookup(IApiKeyStore store, ApiKeySnapshot snapshot, TimeProvider time)
{
    private const int MaxPending = 256;
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan NotFoundFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<KeyHash, Lazy<Task<KeyEntry?>>> _pending = new();
    private readonly ConcurrentDictionary<KeyHash, DateTimeOffset> _notFoundUntil = new();

    /// <summary>True: it was not found within the last second.</summary>
    public bool IsKnownMissing(KeyHash hash) => _notFoundUntil.TryGetValue(hash, out var until) && time.GetUtcNow() < until;

    /// <returns>Null: there is no such key.</returns>
    /// <exception cref="StorageUnavailableException">It cannot be told now.</exception>
    public async Task<KeyEntry?> FindAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        if (_pending.Count >= MaxPending && !_pending.ContainsKey(hash))
        {
            throw new StorageUnavailableException("Too many unknown keys are being looked up.");
        }

        var query = _pending.GetOrAdd(hash, _ => new Lazy<Task<KeyEntry?>>(() => QueryAsync(hash)));
        return await query.Value.WaitAsync(cancellationToken);
    }

    // Not cancelled with its first caller: others wait for the same answer, and the database bounds it.
    private async Task<KeyEntry?> QueryAsync(KeyHash hash)
    {
        try
        {
            var stored = await store.FindByHashAsync(hash, CancellationToken.None);
            var entry = stored is null ? null : snapshot.Apply(stored);
            entry = entry is null || entry.Hash == hash ? entry : entry.Previous?.Hash == hash ? entry.Previous : null;
            if (entry is null)
            {
                Remember(hash);
            }

            return entry;
        }
        finally
        {
            _pending.TryRemove(hash, out _);
        }
    }

    private void Remember(KeyHash hash)
    {
        var now = time.GetUtcNow();
        if (_notFoundUntil.Count >= MaxRemembered)
        {
            // Forgetting costs at most one more query per key; an unbounded table would cost memory.
            _notFoundUntil.Clear();
        }

        _notFoundUntil[hash] = now + NotFoundFor;
    }
}
