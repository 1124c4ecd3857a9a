using System.Globalization;
using System.Text;
using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>The statement of a query over sums.</summary>
/// <remarks>
/// 1. Whole days come from the sums of days, what is left at both ends from those of hours; with hours asked for, all from the latter.
/// 2. What sums are not kept by (the end user) is added up from records.
/// 3. Statements are the same on every database, so months are told apart by their borders.
/// </remarks>
internal sealed class UsageStatement
{
    private const long Hour = UsageSums.HourMilliseconds;
    private const long Day = UsageSums.DayMilliseconds;

    // In the order in which they are read.
    private static readonly string[] Measures =
        ["requests", "input", "cached_input", "cache_write", "output", "reasoning", "cost_nano_usd", "partial", "interrupted", "estimated"];

    private readonly GatewayDatabase _database;
    private readonly UsageQuery _query;

    private UsageStatement(GatewayDatabase database, UsageQuery query)
    {
        (_database, _query) = (database, query);
        var from = query.Concerns(UsageDimension.EndUser) ? Records() : Sums();
        var keys = string.Concat(query.GroupBy.Select(dimension => KeyOf(dimension) + ", "));
        var numbers = string.Join(", ", Enumerable.Range(1, query.GroupBy.Length).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        var groups = query.GroupBy.IsEmpty ? "" : $" GROUP BY {numbers}";
        var ties = query.GroupBy.IsEmpty ? "" : $", {numbers}";
        var sums = string.Join(", ", Measures.Select(database.SumOf));
        Values.Add("Limit", query.Limit);
        Text = $"""
            SELECT {keys}{sums}
            FROM ({from}) AS u{groups} ORDER BY {Order()} DESC{ties} LIMIT @Limit
            """;
    }

    public string Text { get; }

    public DynamicParameters Values { get; } = new();

    public static UsageStatement Of(GatewayDatabase database, UsageQuery query) => new(database, query);

    private string Order() => _query.OrderBy switch
    {
        UsageMeasure.Cost => _database.SumOf("cost_nano_usd"),
        UsageMeasure.Requests => _database.SumOf("requests"),
        UsageMeasure.InputTokens => _database.SumOf("input"),
        UsageMeasure.OutputTokens => _database.SumOf("output"),
        _ => $"CAST({_database.SumOf("input")} AS NUMERIC) + {_database.SumOf("output")}",
    };

    private string KeyOf(UsageDimension dimension) => dimension switch
    {
        UsageDimension.Hour => $"bucket - bucket % {Hour}",
        UsageDimension.Day => $"bucket - bucket % {Day}",
        UsageDimension.Month => MonthOf(),
        _ => UsageFilters.Column(dimension),
    };

    private string MonthOf()
    {
        var text = new StringBuilder("CASE");
        var begin = new DateTimeOffset(_query.From.UtcDateTime.Year, _query.From.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (; begin < _query.To; begin = begin.AddMonths(1))
        {
            text.Append(CultureInfo.InvariantCulture, $" WHEN bucket < {begin.AddMonths(1).ToUnixTimeMilliseconds()} THEN {begin.ToUnixTimeMilliseconds()}");
        }

        return text.Append(" END").ToString();
    }

    private string Sums()
    {
        var source = new SumSource(_database, _query.Filters, _query.Concerns(UsageDimension.Group), Values);
        var (from, to) = (_query.From.ToUnixTimeMilliseconds(), _query.To.ToUnixTimeMilliseconds());
        var (firstDay, lastDay) = ((from + Day - 1) / Day * Day, to / Day * Day);
        if (_query.Concerns(UsageDimension.Hour) || firstDay > lastDay)
        {
            return source.Of("usage_hours", from, to);
        }

        string[] parts =
        [
            .. firstDay < lastDay ? [source.Of("usage_days", firstDay, lastDay)] : Array.Empty<string>(),
            .. from < firstDay ? [source.Of("usage_hours", from, firstDay)] : Array.Empty<string>(),
            .. lastDay < to ? [source.Of("usage_hours", lastDay, to)] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? source.Of("usage_hours", from, to) : string.Join(" UNION ALL ", parts);
    }

    private string Records()
    {
        Values.Add("FromId", RecordId.LowerBound(_query.From));
        Values.Add("ToId", RecordId.LowerBound(_query.To));
        return $"""
            SELECT at AS bucket, user_id, key_id, project, model, endpoint, status, end_user, 1 AS requests, input, cached_input, cache_write, output, reasoning, cost_nano_usd,
              is_partial AS partial, is_interrupted AS interrupted, is_estimated AS estimated
            FROM usage_records WHERE id >= @FromId AND id < @ToId{UsageFilters.OverRecords(_database, _query.Filters, Values)}
            """;
    }
}
