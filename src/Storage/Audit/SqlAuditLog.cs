using System.Data.Common;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Audit;

internal sealed class SqlAuditLog(GatewayDatabase database) : IAuditLog
{
    /// <summary>To be sent together with the change itself, so that neither exists without the other; takes <see cref="Values"/>.</summary>
    public const string Append = "INSERT INTO audit (at, actor, action, target, before, after) VALUES (@At, @Actor, @Action, @Target, @Before, @After)";

    public Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                await transaction.Connection!.ExecuteAsync(new CommandDefinition(Append, Values(entry, database.NowMilliseconds), transaction, cancellationToken: token));
                return true;
            },
            cancellationToken);

    public Task<IReadOnlyList<AuditRecord>> ListAsync(long? beforeId, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<AuditRecord>>(
            async (connection, token) =>
            {
                var rows = await connection.QueryAsync<Row>(new CommandDefinition(
                    """
                    SELECT id AS Id, at AS At, actor AS Actor, action AS Action, target AS Target, before AS "Before", after AS "After"
                    FROM audit WHERE id < @BeforeId ORDER BY id DESC LIMIT @Limit
                    """,
                    new { BeforeId = beforeId ?? long.MaxValue, Limit = limit },
                    cancellationToken: token));
                return rows.Select(row => row.ToRecord()).ToList();
            },
            cancellationToken);

    public static object Values(AuditEntry entry, long now) => new { At = now, entry.Actor, entry.Action, entry.Target, entry.Before, entry.After };

    private sealed class Row
    {
        public long Id { get; init; }

        public long At { get; init; }

        public string Actor { get; init; } = "";

        public string Action { get; init; } = "";

        public string Target { get; init; } = "";

        public string? Before { get; init; }

        public string? After { get; init; }

        public AuditRecord ToRecord() =>
            new(Id, DateTimeOffset.FromUnixTimeMilliseconds(At), new AuditEntry(Actor, Action, Target) { Before = Before, After = After });
    }
}
