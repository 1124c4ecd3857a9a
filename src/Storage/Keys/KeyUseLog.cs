using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Keys;

/// <summary>When keys were last used, in batches. It is read with the keys.</summary>
public sealed class KeyUseLog(GatewayDatabase database)
{
    // Nodes write side by side: an older time never replaces a newer one.
    private const string Upsert =
        """
        INSERT INTO key_uses (key_id, last_used_at) VALUES (@KeyId, @UsedAt)
        ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at WHERE excluded.last_used_at > key_uses.last_used_at
        """;

    /// <exception cref="StorageUnavailableException">Whether it was written is unknown; writing it again is harmless.</exception>
    public Task RecordAsync(IReadOnlyCollection<KeyUse> uses, CancellationToken cancellationToken) => database.WriteAsync(
        (transaction, token) => transaction.Connection!.ExecuteAsync(new CommandDefinition(
            Upsert,
            uses.OrderBy(use => use.KeyId, StringComparer.Ordinal).Select(use => new { use.KeyId, UsedAt = use.At.ToUnixTimeMilliseconds() }),
            transaction,
            cancellationToken: token)),
        cancellationToken);
}

/// <param name="KeyId">Id of the key.</param>
/// <param name="At">When it was used last.</param>
public sealed record KeyUse(string KeyId, DateTimeOffset At);
