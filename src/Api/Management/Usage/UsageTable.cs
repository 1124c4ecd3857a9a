using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

/// <summary>Rows in the order in which they are shown.</summary>
internal static class UsageTable
{
    /// <summary>
    /// Without a time: the largest first, <paramref name="top"/> of them at most. With one: in its order, and of everything else only what
    /// is among the largest <paramref name="top"/> over the whole range.
    /// </summary>
    public static IReadOnlyList<UsageRow> Arrange(UsageQuery query, IReadOnlyList<UsageRow> rows, int? top)
    {
        var time = query.GroupBy.IndexOf(query.GroupBy.FirstOrDefault(UsageNames.IsTime, UsageDimension.User));
        if (time < 0 || !UsageNames.IsTime(query.GroupBy[time]))
        {
            return [.. rows.OrderByDescending(row => row.Totals.Of(query.OrderBy)).ThenBy(row => string.Join('\0', row.Keys), StringComparer.Ordinal).Take(top ?? int.MaxValue)];
        }

        var sums = new Dictionary<string, UsageTotals>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            sums[Rest(row)] = sums.TryGetValue(Rest(row), out var sum) ? sum + row.Totals : row.Totals;
        }

        var shown = sums.OrderByDescending(sum => sum.Value.Of(query.OrderBy)).ThenBy(sum => sum.Key, StringComparer.Ordinal).Take(top ?? int.MaxValue).Select(sum => sum.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. rows.Where(row => shown.Contains(Rest(row)))
                .OrderBy(row => row.Keys[time], StringComparer.Ordinal)
                .ThenByDescending(row => row.Totals.Of(query.OrderBy))
                .ThenBy(Rest, StringComparer.Ordinal),
        ];

        string Rest(UsageRow row) => string.Join('\0', row.Keys.RemoveAt(time));
    }
}
