using System.Data.Common;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Sessions;

/// <summary>
/// Which nodes live, by the clock of the database. (1) A session begins with its first renewal; (2) one that was not renewed for 10 s may be
/// taken for lost, (3) if meanwhile another one was, without a gap: after an outage, or when the clock was set, all look old and nobody has had the
/// time to renew; (4) whoever takes it for lost says so in the table, so that it can never be renewed again: what it held is given to others.
/// </summary>
public sealed class NodeSessionTable(GatewayDatabase database)
{
    /// <summary>Without a renewal for so long a session may be taken for lost, by the word of one that was renewed for as long.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

    // A node trusts its session for 8 s: a step of the clock that is not seen must be no longer than 2 s. Renewals are 2 s apart, and one may be slow.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestSinceLast = TimeSpan.FromSeconds(2);

    // Long enough that no process of that session can still be there.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly SteadyClock _clock = new(database.Time);

    private string Now => database.ClockQuery is { } query ? $"({query})" : "@Now";

    private string IsFresh => $"renewed_at BETWEEN {Now} - @Gap AND {Now}";

    /// <summary>Begins the session or keeps it alive; every 2 s.</summary>
    /// <returns>False: it was taken for lost, and must not be used any more.</returns>
    /// <exception cref="StorageUnavailableException">It is not known; renewing it again is harmless.</exception>
    public Task<bool> RenewAsync(string session, string nodeId, CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) =>
        {
            var values = new { Session = session, NodeId = nodeId, Now = _clock.NowMilliseconds, Gap = (long)LongestGap.TotalMilliseconds, Old = (long)Kept.TotalMilliseconds };
            if (await ExecuteAsync(
                transaction,
                $"UPDATE node_sessions SET renewed_at = {Now}, unbroken_since = CASE WHEN {IsFresh} THEN unbroken_since ELSE {Now} END WHERE session = @Session AND lost_at IS NULL",
                values,
                token) == 1)
            {
                return true;
            }

            await ExecuteAsync(transaction, $"DELETE FROM node_sessions WHERE renewed_at < {Now} - @Old", values, token);
            return await ExecuteAsync(
                transaction,
                $"INSERT INTO node_sessions (session, node_id, renewed_at, unbroken_since) VALUES (@Session, @NodeId, {Now}, {Now}) ON CONFLICT (session) DO NOTHING",
                values,
                token) == 1;
        },
        cancellationToken);

    /// <summary>The node ends in order: what it holds is free at once.</summary>
    /// <inheritdoc cref="RenewAsync" path="/exception"/>
    public Task EndAsync(string session, CancellationToken cancellationToken) => database.WriteAsync(
        (transaction, token) => ExecuteAsync(
            transaction,
            $"UPDATE node_sessions SET lost_at = {Now} WHERE session = @Session AND lost_at IS NULL",
            new { Session = session, Now = _clock.NowMilliseconds },
            token),
        cancellationToken);

    /// <summary>Those of the given sessions that are gone for good; what is not in the table is, too.</summary>
    /// <exception cref="StorageUnavailableException">It is not known; asking again is harmless.</exception>
    public Task<IReadOnlyCollection<string>> FindLostAsync(IReadOnlyCollection<string> sessions, CancellationToken cancellationToken) => database.WriteAsync<IReadOnlyCollection<string>>(
        async (transaction, token) =>
        {
            // In one order everywhere: two who look at the same sessions must not wait for each other in a circle.
            var sorted = sessions.Order(StringComparer.Ordinal).ToList();
            var now = _clock.NowMilliseconds;
            await ExecuteAsync(
                transaction,
                $"INSERT INTO node_sessions (session, node_id, renewed_at, lost_at) VALUES (@Session, '', {Now}, {Now}) ON CONFLICT (session) DO NOTHING",
                sorted.Select(session => new { Session = session, Now = now }),
                token);
            await ExecuteAsync(
                transaction,
                $"""
                UPDATE node_sessions SET lost_at = {Now} WHERE session = @Session AND lost_at IS NULL AND renewed_at < {Now} - @Patience
                AND EXISTS (SELECT 1 FROM node_sessions WHERE {IsFresh} AND unbroken_since <= {Now} - @Patience)
                """,
                sorted.Select(session => new { Session = session, Now = now, Gap = (long)LongestSinceLast.TotalMilliseconds, Patience = (long)LostAfter.TotalMilliseconds }),
                token);
            var lost = new List<string>();
            foreach (var session in sorted)
            {
                var alive = await transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(
                    "SELECT count(*) FROM node_sessions WHERE session = @Session AND lost_at IS NULL", new { Session = session }, transaction, cancellationToken: token));
                if (alive == 0)
                {
                    lost.Add(session);
                }
            }

            return lost;
        },
        cancellationToken);

    private static Task<int> ExecuteAsync(DbTransaction transaction, string statement, object values, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(statement, values, transaction, cancellationToken: cancellationToken));

    /// <summary>For a database without a clock: a machine's clock that is set must not end a session that lives.</summary>
    private sealed class SteadyClock(TimeProvider time)
    {
        private readonly long _startedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        private readonly long _started = time.GetTimestamp();

        public long NowMilliseconds => _startedAt + (long)time.GetElapsedTime(_started).TotalMilliseconds;
    }
}
