using System.Globalization;
using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>Rows of sums for a question, with the group that each of them counts for.</summary>
/// <remarks>
/// A row of <see cref="UsageDimensions.AllGroups"/> counts each record once and lists the groups of its callers. Asked by group, it is taken once for each of
/// them. Rows of a group's own, and such without a list beside them, are those of versions that kept a row for each group.
/// </remarks>
internal sealed class SumSource
{
    private const string Measures = "requests, input, cached_input, cache_write, output, reasoning, cost_nano_usd, partial, interrupted, estimated";
    private const string Keys = "user_id, key_id, project, model, endpoint, status";

    private readonly string[] _forms;

    public SumSource(GatewayDatabase database, IReadOnlyCollection<UsageFilter> filters, bool perGroup, DynamicParameters values)
    {
        values.Add("AllGroups", UsageDimensions.AllGroups);
        var ofRow = UsageFilters.OverSums(database, filters, "group_name", values);
        _forms = perGroup
            ?
            [
                $"SELECT bucket, g.value AS group_name, {Keys}, {Measures} FROM {{0}} CROSS JOIN {database.TextsIn("groups")} WHERE group_name = @AllGroups AND groups <> ''{UsageFilters.OverSums(database, filters, "g.value", values)}",
                $"SELECT bucket, group_name, {Keys}, {Measures} FROM {{0}} WHERE group_name <> @AllGroups{ofRow}",
            ]
            : [$"SELECT bucket, group_name, {Keys}, {Measures} FROM {{0}} WHERE group_name = @AllGroups{ofRow}"];
    }

    /// <summary>Statement for rows with <c>begin ≤ bucket &lt; end</c>.</summary>
    public string Of(string table, long begin, long end) => string.Join(
        " UNION ALL ",
        _forms.Select(form => string.Create(CultureInfo.InvariantCulture, $"{form.Replace("{0}", table, StringComparison.Ordinal)} AND bucket >= {begin} AND bucket < {end}")));
}
