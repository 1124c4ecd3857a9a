using System.Globalization;
using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>What a subject has spent since a moment, for whoever lost count: a budget whose state is gone is rebuilt from here.</summary>
/// <remarks>
/// Calendar windows begin at midnight of the subject's time zone, which may be in the middle of a UTC hour. (1) Whole UTC days come from sums
/// of days, (2) whole hours beside them from sums of hours, (3) what is left at both ends from records.
/// </remarks>
public sealed class SpendReader(GatewayDatabase database)
{
    private const long Hour = UsageSums.HourMilliseconds;
    private const long Day = UsageSums.DayMilliseconds;
    private const string Measures = "requests, input, output, cost_nano_usd";

    /// <summary>Over records with <c>from ≤ time &lt; to</c> that have reached the ledger; what nodes have not shipped yet is missing.</summary>
    public Task<Spend> ReadAsync(SpendSubject subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => database.ReadAsync(
        async (connection, token) =>
        {
            var values = new DynamicParameters();
            var statement = Statement(database, subject, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), values);
            return await connection.QuerySingleAsync<Spend>(new CommandDefinition(statement, values, commandTimeout: (int)UsageReader.Patience.TotalSeconds, cancellationToken: token));
        },
        UsageReader.Patience,
        cancellationToken);

    private static string Statement(GatewayDatabase database, SpendSubject subject, long from, long to, DynamicParameters values)
    {
        var perGroup = subject.Filters.Any(filter => filter.Dimension == UsageDimension.Group);
        var sums = new SumSource(database, subject.Filters, perGroup, values);
        var overRecords = UsageFilters.OverRecords(subject.Filters, values);
        List<string> parts = [];
        var (firstHour, lastHour) = ((from + Hour - 1) / Hour * Hour, to / Hour * Hour);
        var (firstDay, lastDay) = ((from + Day - 1) / Day * Day, to / Day * Day);
        if (firstHour > lastHour)
        {
            Records(from, to);
        }
        else
        {
            Records(from, firstHour);
            Records(lastHour, to);
            if (firstDay > lastDay)
            {
                Sums("usage_hours", firstHour, lastHour);
            }
            else
            {
                Sums("usage_hours", firstHour, firstDay);
                Sums("usage_days", firstDay, lastDay);
                Sums("usage_hours", lastDay, lastHour);
            }
        }

        var source = parts.Count == 0 ? $"SELECT {Measures} FROM usage_hours WHERE 1 = 0" : string.Join(" UNION ALL ", parts);
        return $"""
            SELECT CAST(coalesce(sum(requests), 0) AS BIGINT) AS "Requests", CAST(coalesce(sum(input), 0) AS BIGINT) AS "InputTokens",
              CAST(coalesce(sum(output), 0) AS BIGINT) AS "OutputTokens", CAST(coalesce(sum(cost_nano_usd), 0) AS BIGINT) AS "NanoUsd"
            FROM ({source}) AS s
            """;

        void Sums(string table, long begin, long end)
        {
            if (begin < end)
            {
                parts.Add($"SELECT {Measures} FROM ({sums.Of(table, begin, end)}) AS b");
            }
        }

        void Records(long begin, long end)
        {
            if (begin < end)
            {
                var number = parts.Count.ToString(CultureInfo.InvariantCulture);
                values.Add("Begin" + number, RecordId.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(begin)));
                values.Add("End" + number, RecordId.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(end)));
                parts.Add($"SELECT 1 AS requests, input, output, cost_nano_usd FROM usage_records WHERE id >= @Begin{number} AND id < @End{number}{overRecords}");
            }
        }
    }
}

/// <summary>Settled spend.</summary>
public sealed record Spend
{
    public long Requests { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long NanoUsd { get; init; }
}
