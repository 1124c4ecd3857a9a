using Dapper;
using Gateway.Storage.Clock;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger;

/// <summary>
/// The time by which usage is old. This machine's clock alone does not tell it: one that is years ahead would make all of it old.
/// </summary>
/// <remarks>
/// A shared database has a clock of its own. The embedded one has not: there it is no later than the newest usage that was found at first, and
/// the time that has passed since. What came after that may be from a clock that is ahead, and so may what was found: usage of few days, long
/// after all other, is passed over (<see cref="Newest"/>).
/// </remarks>
internal sealed class LedgerClock(GatewayDatabase database)
{
    /// <summary>Days without usage after which a clock may be ahead.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromDays(366);

    /// <summary>Days with usage that no clock is ahead for unnoticed.</summary>
    public const int DoubtfulDays = 30;

    private const int DaysRead = 10 * DoubtfulDays;

    // One look into the index for each day, however many sums it has.
    private const string Days =
        """
        WITH RECURSIVE days (bucket) AS (
          SELECT max(bucket) FROM usage_days
          UNION ALL
          SELECT (SELECT max(bucket) FROM usage_days WHERE bucket < days.bucket) FROM days WHERE days.bucket IS NOT NULL LIMIT @Count)
        SELECT bucket FROM days WHERE bucket IS NOT NULL
        """;

    private const string NewestRecord = "SELECT at FROM usage_records ORDER BY id DESC LIMIT 1";

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
        var (days, record) = await database.ReadAsync(
            async (connection, token) => (
                (await connection.QueryAsync<long>(new CommandDefinition(Days, new { Count = DaysRead }, cancellationToken: token))).Select(DateTimeOffset.FromUnixTimeMilliseconds).ToList(),
                await connection.ExecuteScalarAsync<long?>(new CommandDefinition(NewestRecord, cancellationToken: token))),
            cancellationToken);
        return Newest(days, record is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null) is { } newest ? (newest, database.Time.GetTimestamp()) : null;
    }

    /// <summary>
    /// (1) Of all days with usage, from the newest on, those are passed over that are <see cref="DoubtfulDays"/> at most and came <see cref="Gap"/> after the one before;
    /// (2) again for those before them; (3) what is left is ended by its newest record, or by its last day.
    /// </summary>
    /// <param name="days">Of sums, the newest first.</param>
    /// <param name="record">The newest one; null: there is none.</param>
    internal static DateTimeOffset? Newest(IReadOnlyList<DateTimeOffset> days, DateTimeOffset? record)
    {
        var first = 0;
        for (var index = 0; index + 1 < days.Count && index - first < DoubtfulDays; index++)
        {
            if (days[index] - days[index + 1] > Gap)
            {
                first = index + 1;
            }
        }

        if (days.Count == 0)
        {
            return record;
        }

        var end = days[first].AddDays(1);
        return record >= days[first] && record < end ? record : days[first];
    }
}
