using System.Text;
using Gateway.Api.Authentication.Keys;
using Gateway.Storage;
using Gateway.Storage.Audit;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary>Creates, changes and revokes API keys. What it answers is in force on this node already.</summary>
/// <remarks>All calls throw <see cref="StorageUnavailableException"/> when the database cannot be used.</remarks>
internal sealed class ApiKeyService(IApiKeyStore store, ApiKeySnapshot snapshot, KeyBroadcast broadcast, ApiKeyJson json, TimeProvider time) : IApiKeyProvisioner
{
    /// <returns>The text is null unless a key was made.</returns>
    public Task<CreatedKey> CreateAsync(ApiKeyDraft draft, string actor, IdempotentRequest? request, CancellationToken cancellationToken) =>
        CreateAsync(draft, actor, request, null, cancellationToken);

    public async Task<CreatedKey> CreateAsync(ApiKeyDraft draft, string actor, IdempotentRequest? request, KeyQuota? quota, CancellationToken cancellationToken)
    {
        var text = ApiKeyText.Create();
        var insertion = await InsertAsync(text, draft, actor, request, quota, cancellationToken);
        return new CreatedKey(insertion.Outcome, insertion.Stored?.Record, insertion.Outcome == InsertionOutcome.Created ? text : null) { RetryAfter = insertion.RetryAfter };
    }

    public async Task<ApiKeyRecord> EnsureKeyAsync(string text, ApiKeyDraft draft, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsWellFormed(text))
        {
            throw new ArgumentException("The text is not an API key of this gateway.", nameof(text));
        }

        var insertion = await InsertAsync(text, draft, "gateway", null, null, cancellationToken);
        var stored = insertion.Stored!;
        if (!stored.IsAuthentic)
        {
            throw new InvalidOperationException($"The API key {stored.Record.Id} is in the database with a seal that does not match; was CLUSTER_SECRET changed? Delete that key first.");
        }

        return stored.Record;
    }

    /// <summary>Null: it was changed by somebody else since it was read.</summary>
    public async Task<ApiKeyRecord?> UpdateAsync(ApiKeyRecord before, ApiKeyRecord after, string actor, CancellationToken cancellationToken)
    {
        var updated = await store.UpdateAsync(after, Change(before, after, actor, "key.update"), cancellationToken);
        if (updated is not null)
        {
            await PublishAsync(updated, cancellationToken);
        }

        return updated;
    }

    /// <param name="quota">Null: an admin rotates it.</param>
    /// <returns>No record and nothing to wait for: it was changed by somebody else since it was read.</returns>
    public async Task<KeyReplacement> RotateAsync(ApiKeyRecord before, ApiKeyRecord after, string actor, KeyQuota? quota, CancellationToken cancellationToken)
    {
        var audit = Change(before, after, actor, "key.rotate");
        var rotated = quota is null ? new KeyReplacement(await store.UpdateAsync(after, audit, cancellationToken)) : await store.RotateAsync(after, audit, quota, cancellationToken);
        if (rotated.Record is { } record)
        {
            await PublishAsync(record, cancellationToken);
        }

        return rotated;
    }

    /// <summary>Null: there is no such key.</summary>
    public async Task<Revocation?> RevokeAsync(string id, string actor, CancellationToken cancellationToken) =>
        (await RevokeAsync(id, null, actor, cancellationToken)).Revocation;

    /// <param name="expected">Version that the key must still have; null: whatever it is.</param>
    /// <returns>No revocation: there is no such key, or it was changed.</returns>
    public async Task<(Revocation? Revocation, bool IsChanged)> RevokeAsync(string id, long? expected, string actor, CancellationToken cancellationToken)
    {
        var audit = new AuditEntry(actor, "key.revoke", "key:" + id);
        var (record, isChanged) = await store.RevokeAsync(id, expected, audit, cancellationToken);
        if (record is not { } revoked)
        {
            return (null, isChanged);
        }

        snapshot.Apply(new StoredApiKey(revoked, IsAuthentic: true));

        // From here on the caller's patience no longer matters: the other nodes must hear of it. One that knows of this key refuses those that
        // were made with it as well, whatever their rows say.
        var confirmation = broadcast.ConfirmAsync(revoked.Version);
        var areDescendantsRevoked = await TryRevokeDescendantsAsync(id, audit);
        return ((await confirmation) with { AreDescendantsPending = !areDescendantsRevoked }, false);
    }

    private async Task<bool> TryRevokeDescendantsAsync(string id, AuditEntry audit)
    {
        try
        {
            var revoked = await store.RevokeDescendantsAsync(id, audit, CancellationToken.None);
            foreach (var record in revoked)
            {
                snapshot.Apply(new StoredApiKey(record, IsAuthentic: true));
            }

            if (revoked.Count > 0)
            {
                await broadcast.AnnounceAsync(revoked[^1].Version, CancellationToken.None);
            }

            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    private async Task<ApiKeyInsertion> InsertAsync(string text, ApiKeyDraft draft, string actor, IdempotentRequest? request, KeyQuota? quota, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var record = new ApiKeyRecord
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Hash = KeyHash.Of(text),
            Hint = ApiKeyText.Hint(text),
            Name = draft.Name,
            Owner = draft.Owner,
            Groups = draft.Groups,
            Project = draft.Project,
            Role = draft.Role,
            Models = draft.Models,
            Routes = draft.Routes,
            OnBehalfOf = draft.OnBehalfOf,
            Parent = draft.Parent,
            MakerGroups = draft.MakerGroups,
            MakerDomains = draft.MakerDomains,
            CreatedAt = Milliseconds(now),
            CreatedBy = actor,
            ExpiresAt = draft.ExpiresAt is { } expires ? Milliseconds(expires) : null,
        };
        var audit = new AuditEntry(actor, "key.create", "key:" + record.Id) { After = Text(record) };
        var insertion = await store.InsertAsync(record, audit, request, quota, cancellationToken);
        if (insertion is { Outcome: InsertionOutcome.Created, Stored: { } stored })
        {
            await PublishAsync(stored.Record, cancellationToken);
        }

        return insertion;
    }

    private async Task PublishAsync(ApiKeyRecord record, CancellationToken cancellationToken)
    {
        await snapshot.TakeAsync(new StoredApiKey(record, IsAuthentic: true), record.Version - 1, cancellationToken);
        await broadcast.AnnounceAsync(record.Version, cancellationToken);
    }

    private AuditEntry Change(ApiKeyRecord before, ApiKeyRecord after, string actor, string action) =>
        new(actor, action, "key:" + before.Id) { Before = Text(before), After = Text(after) };

    private string Text(ApiKeyRecord record) => Encoding.UTF8.GetString(json.Write(record, null));

    // The database keeps milliseconds; an answer must not show more than will be read again.
    private static DateTimeOffset Milliseconds(DateTimeOffset value) => DateTimeOffset.FromUnixTimeMilliseconds(value.ToUnixTimeMilliseconds());
}

internal sealed record CreatedKey(InsertionOutcome Outcome, ApiKeyRecord? Record, string? Text)
{
    public TimeSpan RetryAfter { get; init; }
}
