using System.Data.Common;
using Dapper;
using Gateway.Storage.Audit;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Keys;

internal sealed class SqlApiKeyStore(GatewayDatabase database, ApiKeySeal seal) : IApiKeyStore
{
    private const string Insert =
        """
        INSERT INTO api_keys (id, hash, hint, name, owner, groups, project, role, models, created_at, created_by, expires_at, revoked_at, version, seal,
            routes, previous_hash, previous_until, parent, on_behalf_of, maker_groups, maker_domains)
        VALUES (@Id, @Hash, @Hint, @Name, @Owner, @Groups, @Project, @Role, @Models, @CreatedAt, @CreatedBy, @ExpiresAt, @RevokedAt, @Version, @Seal,
            @Routes, @PreviousHash, @PreviousUntil, @Parent, @OnBehalfOf, @MakerGroups, @MakerDomains)
        """;

    private const string Update =
        """
        UPDATE api_keys SET hash = @Hash, hint = @Hint, name = @Name, owner = @Owner, groups = @Groups, project = @Project, role = @Role, models = @Models,
            created_at = @CreatedAt, created_by = @CreatedBy, expires_at = @ExpiresAt, revoked_at = @RevokedAt, version = @Version, seal = @Seal,
            routes = @Routes, previous_hash = @PreviousHash, previous_until = @PreviousUntil, parent = @Parent, on_behalf_of = @OnBehalfOf,
            maker_groups = @MakerGroups, maker_domains = @MakerDomains
        WHERE id = @Id
        """;

    // First in every change: until its transaction has ended, no other change of keys reads or writes. So (1) a decision that was taken on
    // what was read, such as "not revoked", still holds when it is written, and (2) versions are committed in their order: a reader
    // that saw version n will never find a smaller one later.
    // While the lock is held every round trip counts, so what can be sent together is.
    private const string LockCounter = "UPDATE versions SET value = value WHERE name = 'keys'";

    private const string NextVersion =
        "UPDATE versions SET value = CASE WHEN value + 1 > @Now THEN value + 1 ELSE @Now END WHERE name = 'keys' RETURNING value";

    private const string ByHash = $"SELECT {ApiKeyRow.Columns} FROM api_keys WHERE hash = @Hash OR previous_hash = @Hash";

    // An insertion that turns out to be a repeat leaves a gap in the versions, which nobody misses.
    private const string BeginInsertion = NextVersion + "; " + ByHash;

    private const string IsDead = "CASE WHEN revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @Now) THEN 0 ELSE 1 END";

    private const long Hour = 3_600_000;

    /// <summary>Keys that a transaction revokes at most: all other changes of keys wait for it.</summary>
    private const int RevokedTogether = 100;

    /// <summary>Whoever made and lost keys for months has hundreds of thousands of them; nothing waits while they are gone through.</summary>
    private static readonly TimeSpan FamilyPatience = TimeSpan.FromSeconds(10);

    public Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, CancellationToken cancellationToken) =>
        InsertAsync(record, audit, request, null, cancellationToken);

    public Task<ApiKeyInsertion> InsertAsync(ApiKeyRecord record, AuditEntry audit, IdempotentRequest? request, KeyQuota? quota, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                var now = database.NowMilliseconds;
                var (version, existing) = await BeginInsertionAsync(transaction, record.Hash, now, token);
                if (request is not null && await IdempotencyTable.FindAsync(transaction, request, now, token) is { } earlier)
                {
                    return earlier.IsSameRequest
                        ? new ApiKeyInsertion(InsertionOutcome.Repeated, await FindAsync(transaction, earlier.ResultId, token))
                        : new ApiKeyInsertion(InsertionOutcome.KeyReused, null);
                }

                if (existing is not null)
                {
                    return new ApiKeyInsertion(InsertionOutcome.Duplicate, existing);
                }

                if (quota is not null && await FindOldestOfHourAsync(transaction, quota, now, token) is { } oldest)
                {
                    return new ApiKeyInsertion(InsertionOutcome.TooFast, null) { RetryAfter = TimeSpan.FromMilliseconds(oldest + Hour - now) };
                }

                if (quota is not null && await CountAsync(transaction, quota.Owner, now, token) >= quota.Maximum)
                {
                    return new ApiKeyInsertion(InsertionOutcome.QuotaReached, null);
                }

                // One of them may have been revoked since the holder was let in, and its descendants are being revoked, or were.
                if (record.Parent is { } parent && !await KeyFamily.IsWholeAsync(transaction, parent, seal, token))
                {
                    return new ApiKeyInsertion(InsertionOutcome.ParentRevoked, null);
                }

                var created = record with { Version = version };
                await WriteAsync(transaction, Insert, created, audit, now, token);
                if (request is not null)
                {
                    await IdempotencyTable.InsertAsync(transaction, request, created.Id, now, token);
                }

                return new ApiKeyInsertion(InsertionOutcome.Created, new StoredApiKey(created, IsAuthentic: true));
            },
            cancellationToken);

    public Task<ApiKeyRecord?> UpdateAsync(ApiKeyRecord record, AuditEntry audit, CancellationToken cancellationToken) =>
        ChangeAsync(
            async (transaction, token) =>
            {
                var current = await FindAsync(transaction, record.Id, token);
                if (current is null || current.Record.Version != record.Version)
                {
                    return null;
                }

                return await ReplaceAsync(transaction, record, audit, token);
            },
            cancellationToken);

    public Task<KeyReplacement> RotateAsync(ApiKeyRecord record, AuditEntry audit, KeyQuota quota, CancellationToken cancellationToken) =>
        ChangeAsync(
            async (transaction, token) =>
            {
                var now = database.NowMilliseconds;
                if (await FindOldestRotationOfHourAsync(transaction, quota, now, token) is { } oldest)
                {
                    return new KeyReplacement(null, TimeSpan.FromMilliseconds(oldest + Hour - now));
                }

                var current = await FindAsync(transaction, record.Id, token);
                return current is null || current.Record.Version != record.Version ? default : new KeyReplacement(await ReplaceAsync(transaction, record, audit, token));
            },
            cancellationToken);

    public async Task<ApiKeyRecord?> RevokeAsync(string id, AuditEntry audit, CancellationToken cancellationToken) =>
        (await RevokeAsync(id, null, audit, cancellationToken)).Record;

    public Task<KeyRevocation> RevokeAsync(string id, long? expected, AuditEntry audit, CancellationToken cancellationToken) =>
        ChangeAsync(
            async (transaction, token) =>
            {
                if (await FindAsync(transaction, id, token) is not { } current)
                {
                    return default;
                }

                if (current.Record.RevokedAt is null && expected is not null && current.Record.Version != expected)
                {
                    return new KeyRevocation(null, IsChanged: true);
                }

                // A forged row may be sealed here: as a revoked one it grants nothing, and nothing takes a revocation back.
                var isRevoked = current is { IsAuthentic: true, Record.RevokedAt: not null };
                return new KeyRevocation(
                    isRevoked ? current.Record : await ReplaceAsync(transaction, current.Record with { RevokedAt = database.Time.GetUtcNow() }, audit, token), IsChanged: false);
            },
            cancellationToken);

    public async Task<IReadOnlyList<ApiKeyRecord>> RevokeDescendantsAsync(string id, AuditEntry audit, CancellationToken cancellationToken)
    {
        var usable = await database.ReadAsync(
            (connection, token) => connection.QueryAsync<string>(new CommandDefinition(
                KeyFamily.UsableDescendants, new { Id = id, Now = database.NowMilliseconds }, commandTimeout: (int)FamilyPatience.TotalSeconds, cancellationToken: token)),
            FamilyPatience,
            cancellationToken);
        var revoked = new List<ApiKeyRecord>();
        foreach (var batch in usable.Chunk(RevokedTogether))
        {
            revoked.AddRange(await database.WriteAsync(
                (transaction, token) => KeyFamily.RevokeAsync(transaction, batch, database.Time.GetUtcNow(), audit, seal, token), cancellationToken));
        }

        return revoked;
    }

    public Task<StoredApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (connection, token) =>
            {
                var row = await connection.QuerySingleOrDefaultAsync<ApiKeyRow>(new CommandDefinition(
                    $"SELECT {ApiKeyRow.Columns} FROM api_keys WHERE id = @Id", new { Id = id }, cancellationToken: token));
                return row?.ToStored(seal);
            },
            cancellationToken);

    public Task<StoredApiKey?> FindByHashAsync(KeyHash hash, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (connection, token) =>
            {
                var row = await connection.QuerySingleOrDefaultAsync<ApiKeyRow>(new CommandDefinition(ByHash, new { Hash = hash.ToArray() }, cancellationToken: token));
                return row?.ToStored(seal);
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ListAsync(string? afterId, int limit, CancellationToken cancellationToken) =>
        QueryAsync("WHERE id > @AfterId ORDER BY id LIMIT @Limit", new { AfterId = afterId ?? "", Limit = limit }, cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ListOwnedAsync(string owner, string? within, OwnedKeyPosition? after, int limit, CancellationToken cancellationToken) =>
        QueryAsync(
            $"""
            WHERE owner = @Owner AND (@Within = '' OR id = @Within OR parent = @Within) AND (@AfterId = '' OR {IsDead} > @AfterDead OR (id < @AfterId AND {IsDead} = @AfterDead))
            ORDER BY {IsDead}, id DESC LIMIT @Limit
            """,
            new { Owner = owner, Within = within ?? "", AfterId = after?.Id ?? "", AfterDead = after is { IsDead: true } ? 1 : 0, Limit = limit, Now = database.NowMilliseconds },
            cancellationToken);

    public Task<IReadOnlyList<StoredApiKey>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken) =>
        QueryAsync("WHERE version > @Version ORDER BY version LIMIT @Limit", new { Version = version, Limit = limit }, cancellationToken);

    public Task<long> MaxVersionAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            (connection, token) => connection.ExecuteScalarAsync<long>(
                new CommandDefinition("SELECT value FROM versions WHERE name = 'keys'", cancellationToken: token)),
            cancellationToken);

    private Task<T> ChangeAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                await transaction.Connection!.ExecuteAsync(new CommandDefinition(LockCounter, transaction: transaction, cancellationToken: token));
                return await change(transaction, token);
            },
            cancellationToken);

    private Task<IReadOnlyList<StoredApiKey>> QueryAsync(string condition, object values, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredApiKey>>(
            async (connection, token) =>
            {
                var rows = await connection.QueryAsync<ApiKeyRow>(new CommandDefinition(
                    $"SELECT {ApiKeyRow.Columns} FROM api_keys {condition}", values, cancellationToken: token));
                return rows.Select(row => row.ToStored(seal)).ToList();
            },
            cancellationToken);

    private async Task<StoredApiKey?> FindAsync(DbTransaction transaction, string id, CancellationToken cancellationToken)
    {
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<ApiKeyRow>(new CommandDefinition(
            $"SELECT {ApiKeyRow.Columns} FROM api_keys WHERE id = @Id", new { Id = id }, transaction, cancellationToken: cancellationToken));
        return row?.ToStored(seal);
    }

    private async Task<(long Version, StoredApiKey? Existing)> BeginInsertionAsync(DbTransaction transaction, KeyHash hash, long now, CancellationToken cancellationToken)
    {
        await using var results = await transaction.Connection!.QueryMultipleAsync(new CommandDefinition(
            BeginInsertion, new { Now = now, Hash = hash.ToArray() }, transaction, cancellationToken: cancellationToken));
        var version = await results.ReadSingleAsync<long>();
        var row = await results.ReadSingleOrDefaultAsync<ApiKeyRow>();
        return (version, row?.ToStored(seal));
    }

    private static Task<int> CountAsync(DbTransaction transaction, string owner, long now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT count(*) FROM api_keys WHERE owner = @Owner AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @Now)",
            new { Owner = owner, Now = now },
            transaction,
            cancellationToken: cancellationToken));

    /// <summary>Creation of the key that has to be an hour old before the owner may make one more; null: there is none.</summary>
    private static Task<long?> FindOldestOfHourAsync(DbTransaction transaction, KeyQuota quota, long now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            SELECT created_at FROM api_keys WHERE owner = @Owner AND created_at > @Since AND (created_by = @Owner OR parent IS NOT NULL)
            ORDER BY created_at DESC LIMIT 1 OFFSET @Newer
            """,
            new { quota.Owner, Since = now - Hour, Newer = Math.Max(0, quota.MaximumPerHour - 1) },
            transaction,
            cancellationToken: cancellationToken));

    /// <summary>The rotation that has to be an hour old before one more of the owner's keys may get a new text; null: there is none.</summary>
    /// <remarks>The audit log is in the order of time and read from its end, no further back than an hour.</remarks>
    private static Task<long?> FindOldestRotationOfHourAsync(DbTransaction transaction, KeyQuota quota, long now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<long?>(new CommandDefinition(
            """
            SELECT at FROM audit
            WHERE id > COALESCE((SELECT id FROM audit WHERE at <= @Since ORDER BY id DESC LIMIT 1), 0) AND at > @Since AND action = 'key.rotate'
                AND target IN (SELECT 'key:' || id FROM api_keys WHERE owner = @Owner)
            ORDER BY id DESC LIMIT 1 OFFSET @Newer
            """,
            new { quota.Owner, Since = now - Hour, Newer = Math.Max(0, quota.MaximumPerHour - 1) },
            transaction,
            cancellationToken: cancellationToken));

    private async Task<ApiKeyRecord> ReplaceAsync(DbTransaction transaction, ApiKeyRecord record, AuditEntry audit, CancellationToken cancellationToken)
    {
        var now = database.NowMilliseconds;
        var changed = record with { Version = await TakeVersionAsync(transaction, now, cancellationToken) };
        await WriteAsync(transaction, Update, changed, audit, now, cancellationToken);
        return changed;
    }

    private async Task WriteAsync(DbTransaction transaction, string statement, ApiKeyRecord record, AuditEntry audit, long now, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters(ApiKeyRow.From(record, seal));
        values.AddDynamicParams(SqlAuditLog.Values(audit, now));
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(statement + "; " + SqlAuditLog.Append, values, transaction, cancellationToken: cancellationToken));
    }

    private static Task<long> TakeVersionAsync(DbTransaction transaction, long now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(NextVersion, new { Now = now }, transaction, cancellationToken: cancellationToken));
}
