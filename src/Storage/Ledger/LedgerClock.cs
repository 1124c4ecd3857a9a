using Dapper;
using Gateway.Storage.Clock;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger;

/// <summary>
/// The time by which usage is old. This machine's clock alone does not tell it: one that is years ahead would make all of it old.
/// </summary>
/// <remarks>
/// A shared database has a clock of its own. The embedded one has not: there it is no later than the newest usage that was found at first, and
/// the time that has passed since. What came after that may be from a clock that is ahead.
/// </remarks>
internal sealed class LedgerClock(GatewayDatabase database)
{
    private const string Newest =
        """
        SELECT max(at) FROM (SELECT at FROM (SELECT at FROM usage_records ORDER BY id DESC LIMIT 1) UNION ALL SELECT max(bucket) FROM usage_days)
        """;

    private readonly DatabaseClock _clock = new(database);
    private (DateTimeOffset At, long Timestamp)? _begin;

    /// <summary>Null: there is no usage yet to tell it by.</summary>
    public async Task<DateTimeOffset?> ReadAsync(CancellationToken cancellationToken)
    {
        var time = database.Time;
        if (database.ClockQuery is not null)
        {
            var reading = await _clock.ReadAsync(cancellationToken);
            return time.GetUtcNow() + reading.Offset;
        }

        if ((_begin ??= await BeginAsync(cancellationToken)) is not { } begin)
        {
            return null;
        }

        var latest = begin.At + time.GetElapsedTime(begin.Timestamp);
        var now = time.GetUtcNow();
        return now < latest ? now : latest;
    }

    private async Task<(DateTimeOffset At, long Timestamp)?> BeginAsync(CancellationToken cancellationToken)
    {
        var newest = await database.ReadAsync(
            (connection, token) => connection.ExecuteScalarAsync<long?>(new CommandDefinition(Newest, cancellationToken: token)), cancellationToken);
        return newest is { } at ? (DateTimeOffset.FromUnixTimeMilliseconds(at), database.Time.GetTimestamp()) : null;
    }
}
