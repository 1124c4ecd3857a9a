using System.Data.Common;
using Dapper;
using Gateway.Storage.Audit;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Limits;

internal sealed class SqlLimitStore(GatewayDatabase database) : ILimitStore
{
    // First in every change, as with keys: until its transaction has ended no other change reads or writes, so versions are committed in order.
    private const string NextVersion =
        "UPDATE versions SET value = CASE WHEN value + 1 > @Now THEN value + 1 ELSE @Now END WHERE name = 'limits' RETURNING value";

    private const string Upsert =
        """
        INSERT INTO limits (subject, body, effective_from, effective_to, issuer, changed_at, changed_by, version)
        VALUES (@Subject, @Body, @EffectiveFrom, @EffectiveTo, @Issuer, @ChangedAt, @ChangedBy, @Version)
        ON CONFLICT (subject) DO UPDATE SET body = excluded.body, effective_from = excluded.effective_from, effective_to = excluded.effective_to,
            issuer = excluded.issuer, changed_at = excluded.changed_at, changed_by = excluded.changed_by, version = excluded.version
        """;

    // By the shared clock: this counter runs through all that follows, so one machine that is ahead would put it ahead of the dates in limits.
    public Task<long> TakeVersionAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                var now = database.ClockQuery is { } query
                    ? await transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(query, transaction: transaction, cancellationToken: token))
                    : database.NowMilliseconds;
                return await TakeVersionAsync(transaction, now, token);
            },
            cancellationToken);

    public Task<LimitRecord?> PutAsync(LimitRecord record, long? expectedVersion, AuditEntry audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                var now = database.NowMilliseconds;
                var version = await TakeVersionAsync(transaction, now, token);
                var current = await FindAsync(transaction, record.Subject, token);
                if (!IsExpected(current?.Body is null ? 0 : current.Version, expectedVersion))
                {
                    return null;
                }

                var written = record with { Version = version, ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(now) };
                await WriteAsync(transaction, written, audit with { Before = current?.Body, After = record.Body }, now, token);
                return written;
            },
            cancellationToken);

    public Task<LimitDeletion> DeleteAsync(string subject, long? expectedVersion, AuditEntry audit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                var now = database.NowMilliseconds;
                var version = await TakeVersionAsync(transaction, now, token);
                if (await FindAsync(transaction, subject, token) is not { Body: not null } current)
                {
                    return new LimitDeletion(LimitDeletionOutcome.NotFound, 0);
                }

                if (!IsExpected(current.Version, expectedVersion))
                {
                    return new LimitDeletion(LimitDeletionOutcome.Changed, 0);
                }

                var gone = current with
                {
                    Body = null,
                    EffectiveFrom = null,
                    EffectiveTo = null,
                    ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(now),
                    ChangedBy = audit.Actor,
                    Version = version,
                };
                await WriteAsync(transaction, gone, audit with { Before = current.Body }, now, token);
                return new LimitDeletion(LimitDeletionOutcome.Deleted, version);
            },
            cancellationToken);

    private static bool IsExpected(long version, long? expected) => expected switch
    {
        null => true,
        ILimitStore.SomeVersion => version > 0,
        _ => version == expected,
    };

    public async Task<LimitRecord?> FindAsync(string subject, CancellationToken cancellationToken) =>
        (await QueryAsync("WHERE subject = @Subject", new { Subject = subject }, cancellationToken)).SingleOrDefault();

    public Task<IReadOnlyList<LimitRecord>> ChangedSinceAsync(long version, int limit, CancellationToken cancellationToken) =>
        QueryAsync("WHERE version > @Version ORDER BY version LIMIT @Limit", new { Version = version, Limit = limit }, cancellationToken);

    public Task<string?> FindOtherIssuerAsync(string issuer, CancellationToken cancellationToken) =>
        database.ReadAsync(
            (connection, token) => connection.ExecuteScalarAsync<string?>(new CommandDefinition(
                "SELECT issuer FROM limits WHERE body IS NOT NULL AND issuer <> @Issuer ORDER BY subject LIMIT 1", new { Issuer = issuer }, cancellationToken: token)),
            cancellationToken);

    private Task<IReadOnlyList<LimitRecord>> QueryAsync(string condition, object values, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<LimitRecord>>(
            async (connection, token) =>
            {
                var rows = await connection.QueryAsync<LimitRow>(new CommandDefinition(
                    $"SELECT {LimitRow.Columns} FROM limits {condition}", values, cancellationToken: token));
                return rows.Select(row => row.ToRecord()).ToList();
            },
            cancellationToken);

    private static async Task<LimitRecord?> FindAsync(DbTransaction transaction, string subject, CancellationToken cancellationToken)
    {
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<LimitRow>(new CommandDefinition(
            $"SELECT {LimitRow.Columns} FROM limits WHERE subject = @Subject", new { Subject = subject }, transaction, cancellationToken: cancellationToken));
        return row?.ToRecord();
    }

    private static Task<long> TakeVersionAsync(DbTransaction transaction, long now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(NextVersion, new { Now = now }, transaction, cancellationToken: cancellationToken));

    private static async Task WriteAsync(DbTransaction transaction, LimitRecord record, AuditEntry audit, long now, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters(LimitRow.From(record));
        values.AddDynamicParams(SqlAuditLog.Values(audit, now));
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(Upsert + "; " + SqlAuditLog.Append, values, transaction, cancellationToken: cancellationToken));
    }
}
