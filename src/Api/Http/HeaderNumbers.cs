using System.Globalization;

namespace Gateway.Api.Http;

/// <summary>Header texts of numbers; the usual ones are made once, since formatting them per request shows in a profile.</summary>
public static class HeaderNumbers
{
    private const int CachedWhole = 2048;
    private const int CachedHundredths = 1000;

    private static readonly string[] Whole = [.. Enumerable.Range(0, CachedWhole).Select(FormatWhole)];
    private static readonly string[] Hundredths = [.. Enumerable.Range(0, CachedHundredths).Select(count => FormatHundredths(count))];

    /// <summary>Whole number, not negative.</summary>
    public static string OfCount(long count) => count is >= 0 and < CachedWhole ? Whole[count] : FormatWhole(count);

    /// <summary>Whole milliseconds, rounded down.</summary>
    public static string OfMilliseconds(TimeSpan duration) => OfCount((long)Math.Max(0, duration.TotalMilliseconds));

    /// <summary>Milliseconds with two decimals: <c>0.42</c>.</summary>
    public static string OfFineMilliseconds(TimeSpan duration)
    {
        var hundredths = Math.Max(0, duration.Ticks) / (TimeSpan.TicksPerMillisecond / 100);
        return hundredths < CachedHundredths ? Hundredths[hundredths] : FormatHundredths(hundredths);
    }

    private static string FormatWhole<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    private static string FormatHundredths(long hundredths) =>
        (hundredths / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
