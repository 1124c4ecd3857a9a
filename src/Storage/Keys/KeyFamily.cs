using System.Data.Common;
using System.Globalization;
using Dapper;
using Gateway.Storage.Audit;

namespace Gateway.Storage.Keys;

/// <summary>Keys that were made with one another, up and down. Statements are of one round trip each, whatever the number of keys.</summary>
internal static class KeyFamily
{
    /// <summary>The key <c>@Id</c>, the one that it was made with, and so on up.</summary>
    public const string Line =
        $"""
        WITH RECURSIVE line (id, parent) AS (
            SELECT id, parent FROM api_keys WHERE id = @Id UNION SELECT above.id, above.parent FROM api_keys above JOIN line ON above.id = line.parent)
        SELECT {ApiKeyRow.Columns} FROM api_keys WHERE id IN (SELECT id FROM line)
        """;

    /// <summary>Keys that were made with <c>@Id</c>, and so on down, and that would be good by themselves.</summary>
    public const string UsableDescendants =
        """
        WITH RECURSIVE made (id) AS (
            SELECT id FROM api_keys WHERE parent = @Id UNION SELECT below.id FROM api_keys below JOIN made ON below.parent = made.id)
        SELECT api_keys.id FROM made JOIN api_keys ON api_keys.id = made.id WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @Now) ORDER BY api_keys.id
        """;

    // Takes as many versions as there are keys, and with them the lock over all changes of keys. Those that somebody else has revoked meanwhile
    // leave gaps, which nobody misses.
    private const string TakeVersions =
        "UPDATE versions SET value = (CASE WHEN value + 1 > @Now THEN value + 1 ELSE @Now END) + @Count - 1 WHERE name = 'keys' RETURNING value";

    private const string Append =
        """
        INSERT INTO audit (at, actor, action, target, before, after)
        SELECT @At, @Actor, @Action, 'key:' || id, @Before, @After FROM api_keys WHERE version BETWEEN @First AND @Last ORDER BY version
        """;

    /// <summary>Whether the key and all above it are ours and not revoked.</summary>
    public static async Task<bool> IsWholeAsync(DbTransaction transaction, string id, ApiKeySeal seal, CancellationToken cancellationToken)
    {
        var line = (await transaction.Connection!.QueryAsync<ApiKeyRow>(new CommandDefinition(Line, new { Id = id }, transaction, cancellationToken: cancellationToken)))
            .Select(row => row.ToStored(seal)).ToDictionary(stored => stored.Record.Id, StringComparer.Ordinal);
        return line.ContainsKey(id) && line.Values.All(key => key is { IsAuthentic: true, Record.RevokedAt: null } && (key.Record.Parent is not { } parent || line.ContainsKey(parent)));
    }

    /// <summary>Revokes those of the keys that are not revoked yet, with an audit entry for each.</summary>
    public static async Task<IReadOnlyList<ApiKeyRecord>> RevokeAsync(
        DbTransaction transaction, IReadOnlyCollection<string> ids, DateTimeOffset now, AuditEntry audit, ApiKeySeal seal, CancellationToken cancellationToken)
    {
        var (last, rows) = await BeginAsync(transaction, ids, now, cancellationToken);

        // A forged row may get a seal here: as a revoked one it grants nothing, and nothing takes a revocation back.
        var first = last - ids.Count + 1;
        var revoked = rows.Select((row, index) => row.ToStored(seal).Record with { RevokedAt = now, Version = first + index }).ToList();
        if (revoked.Count > 0)
        {
            await WriteAsync(transaction, revoked, now, audit, seal, cancellationToken);
        }

        return revoked;
    }

    private static async Task<(long Last, List<ApiKeyRow> Rows)> BeginAsync(DbTransaction transaction, IReadOnlyCollection<string> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters(new { Now = now.ToUnixTimeMilliseconds(), ids.Count });
        foreach (var (index, id) in ids.Index())
        {
            values.Add(Name('i', index), id);
        }

        var select = $"SELECT {ApiKeyRow.Columns} FROM api_keys WHERE id IN ({string.Join(", ", ids.Select((_, index) => "@" + Name('i', index)))}) AND revoked_at IS NULL ORDER BY id";
        await using var results = await transaction.Connection!.QueryMultipleAsync(new CommandDefinition(
            TakeVersions + "; " + select, values, transaction, cancellationToken: cancellationToken));
        return (await results.ReadSingleAsync<long>(), (await results.ReadAsync<ApiKeyRow>()).ToList());
    }

    private static Task<int> WriteAsync(DbTransaction transaction, List<ApiKeyRecord> revoked, DateTimeOffset now, AuditEntry audit, ApiKeySeal seal, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters(SqlAuditLog.Values(audit, now.ToUnixTimeMilliseconds()));
        values.Add("First", revoked[0].Version);
        values.Add("Last", revoked[^1].Version);
        foreach (var (index, record) in revoked.Index())
        {
            values.Add(Name('i', index), record.Id);
            values.Add(Name('v', index), record.Version);
            values.Add(Name('s', index), seal.Compute(record));
        }

        var rows = string.Join(", ", revoked.Select((_, index) => $"(@{Name('i', index)}, @{Name('v', index)}, @{Name('s', index)})"));
        var update = $"UPDATE api_keys SET revoked_at = @At, version = rows.column2, seal = rows.column3 FROM (VALUES {rows}) AS rows WHERE api_keys.id = rows.column1";
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(update + "; " + Append, values, transaction, cancellationToken: cancellationToken));
    }

    private static string Name(char kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}{index}");
}
