using System.Collections.Immutable;
using System.Globalization;
using Gateway.Api.Errors;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Management.Usage;

/// <summary>Reads the query of a usage call. Every part is bounded; what is wrong is named.</summary>
public sealed class UsageQueryReader(UsageNames names, IOptions<LedgerOptions> ledger, TimeProvider time)
{
    /// <summary>Rows of one answer; a query with more is refused and should be narrowed.</summary>
    public const int MaxRows = 50_000;

    private const int MaxDimensions = 4;
    private const int MaxTop = 1_000;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(1_830);

    // By the hour, and by what only single records know.
    private static readonly TimeSpan MaxFineRange = TimeSpan.FromDays(31);

    private static readonly UsageDimension[] Filterable =
    [
        UsageDimension.User, UsageDimension.Group, UsageDimension.Project, UsageDimension.Key,
        UsageDimension.Model, UsageDimension.Endpoint, UsageDimension.Status, UsageDimension.EndUser,
    ];

    private static readonly Dictionary<string, UsageMeasure> Orders = new(StringComparer.Ordinal)
    {
        ["cost_usd"] = UsageMeasure.Cost,
        ["requests"] = UsageMeasure.Requests,
        ["input_tokens"] = UsageMeasure.InputTokens,
        ["output_tokens"] = UsageMeasure.OutputTokens,
        ["total_tokens"] = UsageMeasure.TotalTokens,
    };

    /// <summary>Null: see the error.</summary>
    /// <param name="top">Null: all rows.</param>
    public UsageQuery? Read(IQueryCollection query, out int? top, out GatewayError? error)
    {
        top = null;
        if (ReadRange(query, out error) is not { } range || ReadFilters(query, out error) is not { } filters || ReadGroupBy(query, out error) is not { } groupBy)
        {
            return null;
        }

        var order = UsageMeasure.Cost;
        if (query.TryGetValue("order", out var wanted) && !Orders.TryGetValue(wanted.ToString(), out order))
        {
            error = GatewayErrors.BadRequest($"'order' must be one of {string.Join(", ", Orders.Keys)}.", "order");
            return null;
        }

        if (query.TryGetValue("top", out var text))
        {
            if (!int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MaxTop)
            {
                error = GatewayErrors.BadRequest($"'top' must be a whole number from 1 to {MaxTop}.", "top");
                return null;
            }

            top = number;
        }

        // Over time, the largest are known only when all are added up.
        var limit = groupBy.Any(UsageNames.IsTime) ? MaxRows + 1 : top ?? MaxRows + 1;

        var (from, to) = Widen(range.From, range.To);
        var read = new UsageQuery(from, to) { GroupBy = groupBy, Filters = filters, OrderBy = order, Limit = limit };
        error = Check(read, range.To - range.From);
        return error is null ? read : null;
    }

    /// <summary><c>from ≤ t &lt; to</c>; null: see the error.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? ReadRange(IQueryCollection query, out GatewayError? error)
    {
        error = null;
        var now = time.GetUtcNow();
        if (!TryReadTime(query["to"].ToString(), now, out var to))
        {
            error = GatewayErrors.BadRequest("'to' must be a date (2026-11-30) or an RFC 3339 time.", "to");
            return null;
        }

        if (!TryReadTime(query["from"].ToString(), to - DefaultRange, out var from))
        {
            error = GatewayErrors.BadRequest("'from' must be a date (2026-11-01) or an RFC 3339 time.", "from");
            return null;
        }

        if (from >= to || to - from > MaxRange)
        {
            error = GatewayErrors.BadRequest($"'from' must be before 'to', and at most {MaxRange.TotalDays:0} days.", "from");
            return null;
        }

        return (from, to);
    }

    /// <summary>Null: see the error.</summary>
    public ImmutableArray<UsageFilter>? ReadFilters(IQueryCollection query, out GatewayError? error)
    {
        error = null;
        var filters = ImmutableArray.CreateBuilder<UsageFilter>();
        foreach (var dimension in Filterable)
        {
            var name = UsageNames.NameOf(dimension);
            if (!query.TryGetValue(name, out var values))
            {
                continue;
            }

            if (values.Count != 1 || names.Stored(dimension, values.ToString()) is not { } stored)
            {
                error = GatewayErrors.BadRequest($"'{name}' must be given once, and be a {name.Replace('_', ' ')}.", name);
                return null;
            }

            filters.Add(new UsageFilter(dimension, stored));
        }

        return filters.ToImmutable();
    }

    private static ImmutableArray<UsageDimension>? ReadGroupBy(IQueryCollection query, out GatewayError? error)
    {
        var dimensions = ImmutableArray.CreateBuilder<UsageDimension>();
        foreach (var name in query["group_by"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct())
        {
            var found = Enum.GetValues<UsageDimension>().Where(dimension => UsageNames.NameOf(dimension) == name).ToList();
            if (found.Count == 0 || dimensions.Count == MaxDimensions || (UsageNames.IsTime(found[0]) && dimensions.Any(UsageNames.IsTime)))
            {
                error = GatewayErrors.BadRequest(
                    $"'group_by' must be at most {MaxDimensions} of {string.Join(", ", Enum.GetValues<UsageDimension>().Select(UsageNames.NameOf))}, one of hour, day and month at most.", "group_by");
                return null;
            }

            dimensions.Add(found[0]);
        }

        error = null;
        return dimensions.ToImmutable();
    }

    /// <summary>Whole hours, outwards: sums are kept by the hour. Whole days where only those are left.</summary>
    private (DateTimeOffset From, DateTimeOffset To) Widen(DateTimeOffset from, DateTimeOffset to)
    {
        (from, to) = (Floor(from, TimeSpan.TicksPerHour), Floor(to.AddTicks(TimeSpan.TicksPerHour - 1), TimeSpan.TicksPerHour));
        var lastDay = Floor(to, TimeSpan.TicksPerDay);
        return (from < HoursSince() ? Floor(from, TimeSpan.TicksPerDay) : from, lastDay < to && lastDay < HoursSince() ? lastDay.AddDays(1) : to);
    }

    /// <summary>What is older may be gone by the hour, as are single records.</summary>
    private DateTimeOffset HoursSince() => Floor(time.GetUtcNow() - ledger.Value.KeepRecords, TimeSpan.TicksPerHour).AddHours(1);

    /// <param name="asked">Before it was widened.</param>
    private GatewayError? Check(UsageQuery query, TimeSpan asked)
    {
        if (query.Concerns(UsageDimension.EndUser) && query.Concerns(UsageDimension.Group))
        {
            return GatewayErrors.BadRequest("'end_user' and 'group' cannot be asked together.", "end_user");
        }

        if (!query.Concerns(UsageDimension.EndUser) && !query.Concerns(UsageDimension.Hour))
        {
            return null;
        }

        return asked > MaxFineRange ? GatewayErrors.BadRequest($"By hour or end user at most {MaxFineRange.TotalDays:0} days can be asked for.", "from")
            : query.From < HoursSince() ? GatewayErrors.BadRequest($"By hour or end user usage is kept for {ledger.Value.KeepRecords.TotalDays:0} days: 'from' is before that.", "from")
            : null;
    }

    private static DateTimeOffset Floor(DateTimeOffset at, long ticks) => at.AddTicks(-(at.UtcTicks % ticks)).ToUniversalTime();

    private static bool TryReadTime(string text, DateTimeOffset otherwise, out DateTimeOffset at)
    {
        at = otherwise;
        return text.Length == 0
            || (text.Length <= 40 && text.Length >= 10 && char.IsAsciiDigit(text[0])
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at)
                && at.Year is >= 2000 and < 9000);
    }
}
