using System.Globalization;
using System.Text.Json;

namespace Gateway.Storage.Limits;

/// <summary>Single values of a limits body; each says what is wrong with it.</summary>
internal static class LimitValues
{
    private static readonly string[] Known = ["concurrency", "max_output_tokens", "max_body_bytes", "queue_weight", "queue_priority", "time_zone", "budgets"];
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public static bool IsKnown(string name) => Known.Contains(name);

    public static long? Whole(JsonElement value, string path, long minimum, long maximum, out LimitProblem? problem)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= minimum && number <= maximum)
        {
            problem = null;
            return number;
        }

        problem = new LimitProblem(path, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {minimum} to {maximum}"));
        return null;
    }

    /// <summary>RFC 3339 with an offset, kept to the millisecond; null: absent.</summary>
    public static DateTimeOffset? Time(JsonElement value, string path, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var hasOffset = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal);
        if (hasOffset && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
        }

        problem = new LimitProblem(path, "must be a time like '2030-12-31T23:59:59Z'");
        return null;
    }

    public static string? TimeZone(JsonElement value, string path, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= 64 } name
            && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && (zone.HasIanaId || name == "UTC"))
        {
            return name;
        }

        problem = new LimitProblem(path, "must be an IANA time zone like 'Europe/Berlin'");
        return null;
    }
}
