using System.Globalization;

namespace Gateway.Api.Admission.Answers;

/// <summary>Durations as OpenAI's headers have them: <c>850ms</c>, <c>1s</c>, <c>6m0s</c>, <c>1h0m3s</c>.</summary>
internal static class GoDuration
{
    private const int Cached = 121;

    private static readonly string[] Seconds = [.. Enumerable.Range(0, Cached).Select(seconds => Format(TimeSpan.FromSeconds(seconds)))];

    /// <summary>Whole seconds, rounded up; below one second whole milliseconds.</summary>
    public static string Of(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            return Seconds[0];
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(duration.TotalMilliseconds)}ms");
        }

        var seconds = (long)Math.Ceiling(duration.TotalSeconds);
        return seconds < Cached ? Seconds[seconds] : Format(TimeSpan.FromSeconds(seconds));
    }

    private static string Format(TimeSpan duration)
    {
        var hours = (long)duration.TotalHours;
        return hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{duration.Minutes}m{duration.Seconds}s")
            : duration.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}m{duration.Seconds}s")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.Seconds}s");
    }
}
