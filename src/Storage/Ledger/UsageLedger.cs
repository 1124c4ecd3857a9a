using System.Data.Common;
using System.Text.Json;
using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Ledger;

/// <summary>Takes journals in, each part of each of them once, whoever brings it and however often.</summary>
/// <remarks>
/// 1. The session's position moves from where the records begin to where they end. If it is elsewhere, somebody else was here: nothing happens.
/// 2. The row of the position is locked by that, so that rivals wait for the outcome.
/// 3. Records go in, sums over them are added up, and all of it is committed together.
/// 4. A record whose values the database refuses is set aside, and told of in the log: it must hold up no others.
/// </remarks>
public sealed partial class UsageLedger(GatewayDatabase database, LedgerWriter writer, ILogger<UsageLedger>? logger = null)
{
    /// <summary>A batch is larger than what other calls bring, and nobody waits for it but its shipper.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Records that one step should bring at most.</summary>
    public int BatchSize => writer.BatchSize;

    // A statement of SQLite takes 32,766 values, and the more of them, the longer it looks each of them up.
    private const int IdsAtOnce = 1_000;

    private const string Register =
        "INSERT INTO journal_positions (session, node, position, closed, settled, totals, changed_at) VALUES (@Session, @Node, 0, 0, 0, '', @Now) ON CONFLICT (session) DO NOTHING";

    private const string Read = """SELECT position AS "Position", closed AS "Closed" FROM journal_positions WHERE session = @Session""";

    private const string Move =
        """
        UPDATE journal_positions SET position = @To, closed = @Closes, settled = @Settles, totals = @Totals, changed_at = @Now
        WHERE session = @Session AND position = @From AND closed = 0
        """;

    private const string Unsettled =
        """
        SELECT session AS "Session", node AS "Node" FROM journal_positions WHERE closed = 1 AND settled = 0 ORDER BY changed_at LIMIT @Limit
        """;

    private const string TotalsOf = "SELECT totals FROM journal_positions WHERE session = @Session AND closed = 1 AND settled = 0";

    private const string Settle = "UPDATE journal_positions SET settled = 1, totals = '', changed_at = @Now WHERE session = @Session AND closed = 1";

    private const string Postpone = "UPDATE journal_positions SET changed_at = @Now WHERE session = @Session AND closed = 1 AND settled = 0";

    private const string SetAside = "INSERT INTO usage_refused (id, at, reason, record) VALUES (@Id, @At, @Reason, @Record)";

    private readonly ILogger _logger = logger ?? NullLogger<UsageLedger>.Instance;

    /// <summary>Where the session's journal stands; a session that is new here stands at 0.</summary>
    public Task<JournalPosition> OpenAsync(string session, string node, CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) =>
        {
            var connection = transaction.Connection!;
            await connection.ExecuteAsync(new CommandDefinition(Register, new { Session = session, Node = node, Now = database.NowMilliseconds }, transaction, cancellationToken: token));
            var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(Read, new { Session = session }, transaction, cancellationToken: token));
            return new JournalPosition(row.Position, row.Closed != 0);
        },
        cancellationToken);

    /// <summary>Those of the ids that have a record.</summary>
    public async Task<IReadOnlySet<Guid>> FindKnownAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var known = new HashSet<Guid>();
        foreach (var part in ids.Chunk(IdsAtOnce))
        {
            var values = new { Ids = part.Select(RecordId.Bytes).ToArray() };
            known.UnionWith(await database.ReadAsync(
                async (connection, token) => (await connection.QueryAsync<byte[]>(Long(writer.Known, values, token))).Select(RecordId.FromBytes).ToList(), Patience, cancellationToken));
        }

        return known;
    }

    /// <returns>False: the position is not where the step begins; nothing was changed.</returns>
    /// <exception cref="StorageUnavailableException">Whether it was taken in is unknown; <see cref="OpenAsync"/> tells.</exception>
    public async Task<bool> AppendAsync(JournalStep step, IReadOnlyCollection<UsageRecord> records, CancellationToken cancellationToken)
    {
        await writer.PrepareAsync(database, records, cancellationToken);
        try
        {
            return await AppendAsync(step, records, [], cancellationToken);
        }
        catch (StorageStatementException refusal) when (refusal.IsOfValue)
        {
            var refused = await BatchTrial.FindAsync(database, writer, records, cancellationToken);
            if (refused.Count == 0)
            {
                throw;
            }

            var ids = refused.Select(one => one.Record.Id).ToHashSet();
            var moved = await AppendAsync(step, [.. records.Where(record => !ids.Contains(record.Id))], refused, cancellationToken);
            foreach (var one in moved ? refused : [])
            {
                LogRefused(one.Record.Id, one.Reason);
            }

            return moved;
        }
    }

    /// <summary>Those that wait longest, since they ended or were postponed, come first.</summary>
    public Task<IReadOnlyList<UnsettledSession>> ListUnsettledAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<UnsettledSession>>(
        async (connection, token) => (await connection.QueryAsync<UnsettledSession>(Long(Unsettled, new { Limit = limit }, token))).ToList(), Patience, cancellationToken);

    /// <summary>Each by itself: they may be megabytes. Null: they are settled.</summary>
    public Task<string?> FindTotalsAsync(string session, CancellationToken cancellationToken) => database.ReadAsync(
        (connection, token) => connection.ExecuteScalarAsync<string?>(Long(TotalsOf, new { Session = session }, token)), Patience, cancellationToken);

    /// <summary>The limits have taken the totals of a session that has ended.</summary>
    public Task SettleAsync(string session, CancellationToken cancellationToken) => ChangeAsync(Settle, session, cancellationToken);

    /// <summary>They have not taken all of them: others that wait come first.</summary>
    public Task PostponeAsync(string session, CancellationToken cancellationToken) => ChangeAsync(Postpone, session, cancellationToken);

    private static CommandDefinition Long(string statement, object values, CancellationToken token) => new(statement, values, commandTimeout: (int)Patience.TotalSeconds, cancellationToken: token);

    private Task<int> ChangeAsync(string statement, string session, CancellationToken cancellationToken) => database.WriteAsync(
        (transaction, token) => transaction.Connection!.ExecuteAsync(new CommandDefinition(statement, new { Session = session, Now = database.NowMilliseconds }, transaction, cancellationToken: token)),
        cancellationToken);

    private Task<bool> AppendAsync(JournalStep step, IReadOnlyCollection<UsageRecord> records, IReadOnlyCollection<RefusedRecord> refused, CancellationToken cancellationToken)
    {
        var sums = UsageSums.Over(records);
        return database.WriteAsync((transaction, token) => AppendAsync(transaction, step, records, sums, refused, token), Patience, cancellationToken);
    }

    private async Task<bool> AppendAsync(
        DbTransaction transaction, JournalStep step, IReadOnlyCollection<UsageRecord> records, UsageSums sums, IReadOnlyCollection<RefusedRecord> refused, CancellationToken cancellationToken)
    {
        var moved = await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            Move,
            new
            {
                step.Session,
                step.From,
                step.To,
                Closes = step.Totals is null ? 0 : 1,
                Settles = step.Totals is "" ? 1 : 0,
                Totals = step.Totals ?? "",
                Now = database.NowMilliseconds,
            },
            transaction,
            (int)Patience.TotalSeconds,
            cancellationToken: cancellationToken));
        if (moved == 0)
        {
            return false;
        }

        await writer.InsertAsync(transaction, records, cancellationToken);
        await writer.AddAsync(transaction, SumTable.Hours, sums.Hours, cancellationToken);
        await writer.AddAsync(transaction, SumTable.Days, sums.Days, cancellationToken);
        foreach (var (record, reason) in refused)
        {
            var row = new { Id = RecordId.Bytes(record.Id), At = RecordId.MillisecondsOf(record.Id), Reason = reason, Record = JsonSerializer.Serialize(record, RecordColumns.Json) };
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(SetAside, row, transaction, cancellationToken: cancellationToken));
        }

        return true;
    }

    [LoggerMessage(EventId = 3011, Level = LogLevel.Error, Message = "The database refuses the usage record {Id}: it is set aside in the table usage_refused and in no sum. {Reason}")]
    private partial void LogRefused(Guid id, string reason);

    private sealed class Row
    {
        public long Position { get; init; }

        public long Closed { get; init; }
    }
}
