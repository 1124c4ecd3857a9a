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

    /// <summary>What was read or made waits for it before anybody learns of it.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    /// <summary>The same for rows by id.</summary>
    public Task AnsweringById { get; set; } = Task.CompletedTask;

    /// <summary>Something waits for one of the two.</summary>
    public bool HasRead { get; private set; }

    private IApiKeyStore Store => IsDown ? throw new StorageUnavailableException() : store;

    public Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, CancellationToken cancellationToken) =>
        Store.InsertAsync(record, audit, request, cancellationToken);

    public Task<ApiKeyRecord?> UpdateAsync(ApiKeyRecord record, AuditEntry audit, CancellationToken cancellationToken) => Store.UpdateAsync(record, audit, cancellationToken);

    public async Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, KeyQuota? quota, CancellationToken cancellationToken) =>
        await AnswerAsync(await Store.InsertAsync(record, audit, request, quota, cancellationToken), Answering);

    /// <summary>The change is made, and its answer lost.</summary>
    public bool LosesAnswers { get; set; }

    public async Task<KeyReplacement> RotateAsync(ApiKeyRecord record, AuditEntry audit, KeyQuota quota, CancellationToken cancellationToken)
    {
        var rotated = await Store.RotateAsync(record, audit, quota, cancellationToken);
        return LosesAnswers ? throw new StorageUnavailableException() : rotated;
    }

    /// <summary>As where there are more of them than the database manages in its time.</summary>
    public bool FailsDescendants { get; set; }

    public Task<ApiKeyRecord?> RevokeAsync(string id, AuditEntry audit, CancellationToken cancellationToken) => Store.RevokeAsync(id, audit, cancellationToken);

    public Task<IReadOnlyList<ApiKeyRecord>> RevokeDescendantsAsync(string id, AuditEntry audit, CancellationToken cancellationToken) =>
        FailsDescendants ? throw new StorageUnavailableException() : Store.RevokeDescendantsAsync(id, audit, cancellationToken);

    public Task<KeyRevocation> RevokeAsync(string id, long? expected, AuditEntry audit, CancellationToken cancellationToken) => Store.RevokeAsync(id, expected, audit, cancellationToken);

    public async Task<StoredApiKey?> FindAsync(string id, CancellationToken cancellationToken) => await AnswerAsync(await Store.FindAsync(id, cancellationToken), AnsweringById);

    public async Task<StoredApiKey?> FindByHashAsync(KeyHash hash, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lookups);
        await Task.Yield();
        await Gate;
        return await AnswerAsync(await Store.FindByHashAsync(hash, cancellationToken), Answering);
    }

    public Task<IReadOnlyList<StoredApiKey>> ListAsync(string? afterId, int limit, CancellationToken cancellationToken) => Store.ListAsync(afterId, limit, cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ListOwnedAsync(string owner, string? within, OwnedKeyPosition? after, int limit, CancellationToken cancellationToken) => Store.ListOwnedAsync(owner, within, after, limit, cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken) =>
        Store.ChangedSinceAsync(version, limit, cancellationToken);

    public Task<long> MaxVersionAsync(CancellationToken cancellationToken) => Store.MaxVersionAsync(cancellationToken);

    private async Task<T> AnswerAsync<T>(T answer, Task answering)
    {
        HasRead = HasRead || !answering.IsCompleted;
        await answering;
        return answer;
    }
}
