using Gateway.Storage;
using Gateway.Storage.Audit;
using Gateway.Storage.Keys;

namespace Gateway.Api.Tests.Authentication;

/// <summary>The real store behind a switch, counting look-ups.</summary>
internal sealed class SwitchableStore(IApiKeyStore store) : IApiKeyStore
{
    private int _lookups;

    public bool IsDown { get; set; }

    public int Lookups => Volatile.Read(ref _lookups);

    /// <summary>Look-ups wait for it before they read.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    private IApiKeyStore Store => IsDown ? throw new StorageUnavailableException() : store;

    public Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, CancellationToken cancellationToken) =>
        Store.InsertAsync(record, audit, request, cancellationToken);

    public Task<ApiKeyRecord?> UpdateAsync(ApiKeyRecord record, AuditEntry audit, CancellationToken cancellationToken) => Store.UpdateAsync(record, audit, cancellationToken);

    public Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, KeyQuota? quota, CancellationToken cancellationToken) =>
        Store.InsertAsync(record, audit, request, quota, cancellationToken);

    public Task<IReadOnlyList<ApiKeyRecord>> RevokeAsync(string id, AuditEntry audit, CancellationToken cancellationToken) => Store.RevokeAsync(id, audit, cancellationToken);

    public Task<StoredApiKey?> FindAsync(string id, CancellationToken cancellationToken) => Store.FindAsync(id, cancellationToken);

    public async Task<StoredApiKey?> FindByHashAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lookups);
        await Task.Yield();
        await Gate;
        return await Store.FindByHashAsync(hash, cancellationToken);
    }

    public Task<IReadOnlyList<StoredApiKey>> ListAsync(string? afterId, int limit, CancellationToken cancellationToken) => Store.ListAsync(afterId, limit, cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ListOwnedAsync(string owner, int limit, CancellationToken cancellationToken) => Store.ListOwnedAsync(owner, limit, cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken) =>
        Store.ChangedSinceAsync(version, limit, cancellationToken);

    public Task<long> MaxVersionAsync(CancellationToken cancellationToken) => Store.MaxVersionAsync(cancellationToken);
}
