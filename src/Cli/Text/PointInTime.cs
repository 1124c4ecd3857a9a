using System.Globalization;
using Gateway.Cli.Host;

namespace Gateway.Cli.Text;

/// <summary>Times and spans as people type them.</summary>
public static class PointInTime
{
    /// <summary>RFC 3339 in UTC, from such a time, a day (<c>2026-01-31</c>, its beginning in UTC), or a span from now.</summary>
    /// <param name="text">As it was typed.</param>
    /// <param name="option">For the error.</param>
    /// <param name="now">Where spans begin.</param>
    /// <param name="future">A span leads forwards; otherwise back.</param>
    public static string Parse(string text, string option, DateTimeOffset now, bool future)
    {
        var time = Span(text) is { } span ? (future ? now + span : now - span)
            : DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed
            : throw CliException.Usage($"{option} must be a time like 2026-12-31T23:59:59Z, a day like 2026-12-31, or a span like 30d, 12h or 15m");
        return time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Like <c>90s</c>, <c>15m</c>, <c>12h</c>, <c>30d</c>; null: it is no span.</summary>
    public static TimeSpan? Span(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 100_000)
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }
}
