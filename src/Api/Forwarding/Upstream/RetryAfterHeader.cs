using System.Globalization;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Parses what providers send to ask for a pause. Never negative, never above <see cref="HealthPolicy.LongestCooling"/>.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Seconds, whole or broken, or an HTTP date.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
        {
            return Bounded(seconds);
        }

        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
            ? Bounded((until - now).TotalSeconds)
            : null;
    }

    public static TimeSpan? ParseMilliseconds(ReadOnlySpan<char> text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds) && double.IsFinite(milliseconds) ? Bounded(milliseconds / 1000) : null;

    private static TimeSpan Bounded(double seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, 0, HealthPolicy.LongestCooling.TotalSeconds));
}
