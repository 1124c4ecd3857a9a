using System.Globalization;
using System.Text.Json;
using Dapper;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>Filters as conditions of a statement.</summary>
internal static class UsageFilters
{
    /// <summary>Over tables of sums.</summary>
    /// <param name="group">Where the name of a group stands.</param>
    public static string OverSums(GatewayDatabase database, IEnumerable<UsageFilter> filters, string group, DynamicParameters values) => string.Concat(filters.Select((filter, i) =>
        " AND " + Equal(database, filter.Dimension == UsageDimension.Group ? group : Column(filter.Dimension), filter, "F" + i.ToString(CultureInfo.InvariantCulture), values)));

    /// <summary>Over single records.</summary>
    public static string OverRecords(GatewayDatabase database, IEnumerable<UsageFilter> filters, DynamicParameters values) => string.Concat(filters.Select((filter, i) =>
    {
        var name = "R" + i.ToString(CultureInfo.InvariantCulture);
        if (filter.Dimension != UsageDimension.Group)
        {
            return " AND " + Equal(database, Column(filter.Dimension), filter, name, values);
        }

        if (filter.Value.Length == 0)
        {
            return " AND groups = '[]'";
        }

        // Not LIKE, which takes the two cases of a letter for the same in one database and not in the other.
        values.Add(name, JsonSerializer.Serialize(filter.Value, RecordColumns.Json));
        return $" AND replace(groups, @{name}, '') <> groups";
    }));

    public static string Column(UsageDimension dimension) => dimension switch
    {
        UsageDimension.User => "user_id",
        UsageDimension.Group => "group_name",
        UsageDimension.Project => "project",
        UsageDimension.Key => "key_id",
        UsageDimension.Model => "model",
        UsageDimension.Endpoint => "endpoint",
        UsageDimension.Status => "status",
        UsageDimension.EndUser => "end_user",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    private static string Equal(GatewayDatabase database, string column, UsageFilter filter, string name, DynamicParameters values)
    {
        if (filter.AnyOf is { } list)
        {
            values.Add(name, list);
            return database.IsAmong(column, "@" + name);
        }

        values.Add(name, filter.Dimension == UsageDimension.Status ? int.Parse(filter.Value, CultureInfo.InvariantCulture) : filter.Value);
        return $"{column} = @{name}";
    }
}
