using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>What a subject has spent since a moment: a budget that is new, or whose state is gone, begins with it.</summary>
/// <remarks>
/// Calendar windows begin at midnight of the subject's time zone, which may be in the middle of a UTC hour. (1) Whole UTC days come from sums
/// of days, (2) whole hours beside them from sums of hours, (3) what is left at both ends from records.
/// Of a time whose hours are not kept any more, (4) the whole day that it begins in counts: a budget is rather used up too soon than passed.
/// Where steps are told apart, a day or hour counts in the step that its last moment is in.
/// </remarks>
public sealed class SpendReader(GatewayDatabase database, IOptions<LedgerOptions> options)
{
    /// <summary>No call waits for all of it, but a subject waits for its budget to begin: better late than never.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Between a look at the clock and the removal of what is old.
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    private const long Hour = UsageSums.HourMilliseconds;
    private const long Day = UsageSums.DayMilliseconds;

    private const string MadeWith =
        """
        WITH RECURSIVE made (id) AS (SELECT id FROM api_keys WHERE parent = @Id UNION SELECT k.id FROM api_keys AS k JOIN made ON k.parent = made.id) SELECT id FROM made
        """;

    private const string Measures = "requests, input, output, cost_nano_usd";

    // Callers wait for it, so it does not wait for those who look at usage.
    private readonly LongReads _places = new(places: 1);

    /// <summary>Over records with <c>from ≤ time &lt; to</c> that have reached the ledger; what nodes have not shipped yet is missing.</summary>
    /// <returns>Of each step in which something was spent.</returns>
    public Task<IReadOnlyList<Spend>> ReadAsync(SpendSubject subject, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellationToken) => database.ReadMuchAsync<IReadOnlyList<Spend>>(
        async (connection, token) =>
        {
            var filters = await FiltersAsync(connection, subject, token);
            var (begin, daysOnlyBefore) = (from.ToUnixTimeMilliseconds(), (database.Time.GetUtcNow() - options.Value.KeepRecords + Margin).ToUnixTimeMilliseconds());
            var values = new DynamicParameters();
            values.Add("From", begin);
            values.Add("Step", (long)step.TotalMilliseconds);
            var statement = Statement(database, filters, begin < daysOnlyBefore ? begin / Day * Day : begin, to.ToUnixTimeMilliseconds(), values);
            return (await connection.QueryAsync<Spend>(new CommandDefinition(statement, values, commandTimeout: (int)Patience.TotalSeconds, cancellationToken: token))).ToList();
        },
        _places,
        Patience,
        cancellationToken);

    // A key is charged for those that were made with it, and a record names the one that was used.
    private static async Task<IReadOnlyCollection<UsageFilter>> FiltersAsync(DbConnection connection, SpendSubject subject, CancellationToken cancellationToken)
    {
        if (subject.KeyId is not { } id)
        {
            return subject.Filters;
        }

        var made = await connection.QueryAsync<string>(new CommandDefinition(MadeWith, new { Id = id }, commandTimeout: (int)Patience.TotalSeconds, cancellationToken: cancellationToken));
        var keys = made.Prepend(id).Select(key => SpendSubject.Key + key).ToList();
        return keys.Count == 1 ? subject.Filters : [new UsageFilter(UsageDimension.Key, keys[0]) { AnyOf = JsonSerializer.Serialize(keys, RecordColumns.Json) }];
    }

    private static string Statement(GatewayDatabase database, IReadOnlyCollection<UsageFilter> filters, long from, long to, DynamicParameters values)
    {
        var perGroup = filters.Any(filter => filter.Dimension == UsageDimension.Group);
        var sums = new SumSource(database, filters, perGroup, values);
        var overRecords = UsageFilters.OverRecords(database, filters, values);
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
                Sums("usage_hours", Hour, firstHour, lastHour);
            }
            else
            {
                Sums("usage_hours", Hour, firstHour, firstDay);
                Sums("usage_days", Day, firstDay, lastDay);
                Sums("usage_hours", Hour, lastDay, lastHour);
            }
        }

        var source = parts.Count == 0 ? $"SELECT bucket AS latest, {Measures} FROM usage_hours WHERE 1 = 0" : string.Join(" UNION ALL ", parts);
        return $"""
            SELECT CAST((latest - @From) / @Step AS BIGINT) AS "Step", {database.SumOf("requests")} AS "Requests", {database.SumOf("input")} AS "InputTokens",
              {database.SumOf("output")} AS "OutputTokens", {database.SumOf("cost_nano_usd")} AS "NanoUsd"
            FROM ({source}) AS s GROUP BY 1
            """;

        void Sums(string table, long length, long begin, long end)
        {
            if (begin < end)
            {
                parts.Add($"SELECT bucket + {length - 1} AS latest, {Measures} FROM ({sums.Of(table, begin, end)}) AS b");
            }
        }

        void Records(long begin, long end)
        {
            if (begin < end)
            {
                var number = parts.Count.ToString(CultureInfo.InvariantCulture);
                values.Add("Begin" + number, RecordId.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(begin)));
                values.Add("End" + number, RecordId.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(end)));
                parts.Add($"SELECT at AS latest, 1 AS requests, input, output, cost_nano_usd FROM usage_records WHERE id >= @Begin{number} AND id < @End{number}{overRecords}");
            }
        }
    }
}

/// <summary>Settled spend.</summary>
public sealed record Spend
{
    /// <summary>From 0; beyond the last one if a day or hour at the end is longer than what was asked for.</summary>
    public long Step { get; init; }

    public long Requests { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long NanoUsd { get; init; }

    public long TotalTokens => Saturation.Add(InputTokens, OutputTokens);
}
