using System.Collections.Concurrent;
using Gateway.Api.Errors;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>
/// Asks the database for a key that the snapshot does not have (yet), or for those that it was made with: one query per key at a time, and
/// none for a second after it was refused.
/// </summary>
internal sealed class ApiKeyLookup(IApiKeyStore store, ApiKeySnapshot snapshot, KeyJudge judge, TimeProvider time)
{
    private const int MaxPending = 256;
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<KeyHash, Lazy<Task<AuthenticationOutcome>>> _pending = new();
    private readonly ConcurrentDictionary<KeyHash, Refusal> _refusals = new();

    /// <summary>Null: it was not refused within the last second.</summary>
    public GatewayError? FindRefusal(KeyHash hash) => _refusals.TryGetValue(hash, out var refusal) && time.GetUtcNow() < refusal.Until ? refusal.Error : null;

    /// <param name="isMine">This call began the query; else it waits for the answer to an earlier one.</param>
    /// <exception cref="StorageUnavailableException">It cannot be told now.</exception>
    public Task<AuthenticationOutcome> FindAsync(KeyHash hash, out bool isMine)
    {
        if (_pending.Count >= MaxPending && !_pending.ContainsKey(hash))
        {
            throw new StorageUnavailableException("Too many unknown keys are being looked up.");
        }

        var query = new Lazy<Task<AuthenticationOutcome>>(() => QueryAsync(hash));
        var shared = _pending.GetOrAdd(hash, query);
        isMine = ReferenceEquals(shared, query);
        return shared.Value;
    }

    // Not cancelled with its first caller: others wait for the same answer, and the database bounds it.
    private async Task<AuthenticationOutcome> QueryAsync(KeyHash hash)
    {
        try
        {
            var passed = snapshot.PassedVersion;
            var stored = await store.FindByHashAsync(hash, CancellationToken.None);
            var entry = stored is null ? null : await snapshot.TakeAsync(stored, passed, CancellationToken.None);
            entry = entry is null || entry.Hash == hash ? entry : entry.Previous?.Hash == hash ? entry.Previous : null;
            await LoadParentsAsync(entry);
            var outcome = entry is null ? KeyJudge.Refuse("This API key is not known here.")
                : judge.Judge(entry) ?? KeyJudge.Refuse("The API key that this one was made with is not there any more.");
            if (outcome.Error is { } error)
            {
                Remember(hash, error);
            }

            return outcome;
        }
        finally
        {
            _pending.TryRemove(hash, out _);
        }
    }

    private void Remember(KeyHash hash, GatewayError error)
    {
        var now = time.GetUtcNow();
        if (_refusals.Count >= MaxRemembered)
        {
            // Forgetting costs at most one more query per key; an unbounded table would cost memory.
            _refusals.Clear();
        }

        _refusals[hash] = new Refusal(error, now + RefusedFor);
    }

    private async Task LoadParentsAsync(KeyEntry? entry)
    {
        for (var depth = 1; depth < KeyJudge.MaxDepth && entry?.Parent is { } id; depth++)
        {
            if (!snapshot.TryFind(id, out entry))
            {
                var passed = snapshot.PassedVersion;
                entry = await store.FindAsync(id, CancellationToken.None) is { } stored ? await snapshot.TakeAsync(stored, passed, CancellationToken.None) : null;
            }
        }
    }

    private sealed record Refusal(GatewayError Error, DateTimeOffset Until);
}
