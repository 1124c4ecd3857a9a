using System.Runtime.InteropServices;
using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Windows;

/// <summary>A day, week or month in a time zone, in Unix milliseconds.</summary>
/// <remarks>
/// (1) The local date of the moment gives the first and the last date; (2) each begins at its midnight; (3) a midnight that the clock skips
/// is the first moment after the gap, one that comes twice is the first of both. So days have 23, 24 or 25 hours, and windows leave no
/// gap and do not overlap.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CalendarSpan(long Begin, long End)
{
    private const int SkippedStepMinutes = 15;

    public static CalendarSpan Around(WindowKind kind, TimeZoneInfo zone, long now)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(now), zone).DateTime);
        var span = Of(kind, zone, date);

        // A clock that is set back over midnight shows yesterday's date for a while.
        return now < span.End ? span : Of(kind, zone, After(kind, First(kind, date)));
    }

    private static CalendarSpan Of(WindowKind kind, TimeZoneInfo zone, DateOnly date)
    {
        var first = First(kind, date);
        return new CalendarSpan(Midnight(zone, first), Midnight(zone, After(kind, first)));
    }

    private static DateOnly First(WindowKind kind, DateOnly date) => kind switch
    {
        WindowKind.Day => date,
        WindowKind.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        _ => new DateOnly(date.Year, date.Month, 1),
    };

    private static DateOnly After(WindowKind kind, DateOnly first) => kind switch
    {
        WindowKind.Day => first.AddDays(1),
        WindowKind.Week => first.AddDays(7),
        _ => first.AddMonths(1),
    };

    private static long Midnight(TimeZoneInfo zone, DateOnly date)
    {
        var local = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(SkippedStepMinutes);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUnixTimeMilliseconds();
    }
}
