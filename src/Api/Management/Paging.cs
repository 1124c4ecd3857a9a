using System.Globalization;
using Gateway.Api.Errors;

namespace Gateway.Api.Management;

/// <summary><c>?limit=</c> (1 to 1,000, default 100) and <c>?cursor=</c> of a list.</summary>
internal static class Paging
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int MaxCursorLength = 64;

    /// <param name="maxCursorLength">Of what the list is ordered by.</param>
    public static GatewayError? Read(IQueryCollection query, out int limit, out string? cursor, int maxCursorLength = MaxCursorLength)
    {
        limit = DefaultLimit;
        cursor = query["cursor"].ToString() is { Length: > 0 } text ? text : null;
        if (cursor?.Length > maxCursorLength || cursor?.Any(char.IsControl) is true)
        {
            return GatewayErrors.BadRequest("'cursor' must be one that a list answered with.", "cursor");
        }

        if (query.TryGetValue("limit", out var wanted)
            && (!int.TryParse(wanted.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            return GatewayErrors.BadRequest($"'limit' must be a whole number from 1 to {MaxLimit}.", "limit");
        }

        return null;
    }
}
