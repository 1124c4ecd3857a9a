using Gateway.Storage.Audit;

namespace Gateway.Storage.Keys;

/// <summary>API keys in SQL. Every change takes the next version and writes its audit entry in the same transaction.</summary>
/// <remarks>All calls throw <see cref="StorageUnavailableException"/> when the database cannot be used.</remarks>
public interface IApiKeyStore
{
    /// <summary>The record's version is set by the store.</summary>
    Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, CancellationToken cancellationToken);

    /// <summary>As above, within a quota that parallel calls cannot pass together.</summary>
    Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, KeyQuota? quota, CancellationToken cancellationToken);

    /// <summary>Replaces the record if it still has the version that <paramref name="record"/> carries. Null: it has not.</summary>
    Task<ApiKeyRecord?> UpdateAsync(ApiKeyRecord record, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>As above, within the quota of new texts that the owner's keys may get in any hour: audit entries <c>key.rotate</c> are counted.</summary>
    Task<KeyReplacement> RotateAsync(ApiKeyRecord record, AuditEntry audit, KeyQuota quota, CancellationToken cancellationToken);

    /// <summary>
    /// Revokes the key, whatever its version is; a second time changes nothing. Those that were made with it are good for nothing from then
    /// on, since each is judged by the one that it was made with; <see cref="RevokeDescendantsAsync"/> is to follow. Null: there is no such key.
    /// </summary>
    Task<ApiKeyRecord?> RevokeAsync(string id, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>As above, if the key still has this version or is revoked already.</summary>
    Task<KeyRevocation> RevokeAsync(string id, long? expected, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>
    /// Revokes the keys that were made with a revoked one, with one of those, and so on; those that have expired need nothing. It takes as many
    /// transactions as there are: where it fails, some may be left, which another call revokes.
    /// </summary>
    /// <param name="audit">Its target is replaced by each of the keys.</param>
    Task<IReadOnlyList<ApiKeyRecord>> RevokeDescendantsAsync(string id, AuditEntry audit, CancellationToken cancellationToken);

    Task<StoredApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>By its text now, or by the one before its last rotation.</summary>
    Task<StoredApiKey?> FindByHashAsync(KeyHash hash, CancellationToken cancellationToken);

    /// <summary>By id, which is by time of creation.</summary>
    /// <param name="afterId">Only larger ids; null: from the first.</param>
    Task<IReadOnlyList<StoredApiKey>> ListAsync(string? afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Usable ones before others, and the newest first.</summary>
    /// <param name="within">Only this key and those that were made with it; null: all of the owner's.</param>
    /// <param name="after">Only what comes after this one; null: from the first.</param>
    Task<IReadOnlyList<StoredApiKey>> ListOwnedAsync(string owner, string? within, OwnedKeyPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>In order of version.</summary>
    Task<IReadOnlyList<StoredApiKey>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken);

    /// <summary>Version of the newest change; 0 when there was none.</summary>
    Task<long> MaxVersionAsync(CancellationToken cancellationToken);
}

/// <summary>A create call that its sender may repeat.</summary>
/// <param name="Scope">Subject of the sender: two senders may choose one key.</param>
/// <param name="Key">The sender's <c>Idempotency-Key</c>.</param>
/// <param name="RequestHash">SHA-256 of the body, to tell a repeat from another request.</param>
public sealed record IdempotentRequest(string Scope, string Key, KeyHash RequestHash);

/// <summary>A place in the list of an owner's keys.</summary>
/// <param name="IsDead">As it was listed: a key that died since then has moved, and what came after it has not.</param>
public sealed record OwnedKeyPosition(bool IsDead, string Id);

/// <summary>How many usable keys an owner may have.</summary>
public sealed record KeyQuota(string Owner, int Maximum)
{
    /// <summary>Keys that the owner may make in any hour, dead ones included, as their rows stay; or new texts that theirs may get.</summary>
    public int MaximumPerHour { get; init; } = int.MaxValue;
}

/// <param name="Record">Null: nothing was changed.</param>
/// <param name="RetryAfter">When the quota has room again; null: it was not in the way.</param>
public readonly record struct KeyReplacement(ApiKeyRecord? Record, TimeSpan? RetryAfter = null);

/// <param name="Outcome">What happened.</param>
/// <param name="Stored">The new record, or the one that the earlier call made; null with <see cref="InsertionOutcome.KeyReused"/> and what follows it there.</param>
public sealed record ApiKeyInsertion(InsertionOutcome Outcome, StoredApiKey? Stored)
{
    /// <summary>With <see cref="InsertionOutcome.TooFast"/>: when the quota has room again.</summary>
    public TimeSpan RetryAfter { get; init; }
}

public enum InsertionOutcome
{
    Created,

    /// <summary>The same request was carried out before.</summary>
    Repeated,

    /// <summary>The idempotency key belongs to a different request.</summary>
    KeyReused,

    /// <summary>There is a key with this text already.</summary>
    Duplicate,

    /// <summary>The owner has as many usable keys as the quota allows.</summary>
    QuotaReached,

    /// <summary>The owner has made as many keys within the hour as the quota allows.</summary>
    TooFast,

    /// <summary>The key that it was made with, or one above that, is not there any more.</summary>
    ParentRevoked,
}
