using Gateway.Grains.Limits.Claims;
using Gateway.Grains.Limits.State;

namespace Gateway.Grains.Limits.Windows;

/// <summary>Where units that are granted at one moment count.</summary>
/// <param name="Period">Begin of the slot or calendar window.</param>
/// <param name="FreeAt">When they are free again.</param>
/// <param name="Limit">In force at the moment, with everything.</param>
/// <param name="SlotSpan">Null: a calendar window, which has one period.</param>
/// <param name="Opens">The calendar window is not open yet: what must be stored first.</param>
internal sealed record WindowSlot(long Period, long FreeAt, long Limit, long? SlotSpan, OpenWindow? Opens)
{
    /// <summary>Units of the period are taken at the moment.</summary>
    /// <param name="isOwn">This activation granted them, and measures them by one and the same clock.</param>
    public bool Counts(PeriodBook period, bool isOwn, long now) =>
        SlotSpan is null ? period.Period == Period : FreeAtOf(period) - (isOwn ? QuotaRules.ClockDifference : 0) > now;

    /// <summary>Whichever activation is asked then. A window that was made longer counts what it still knows by its new length.</summary>
    public long FreeAtOf(PeriodBook period) => SlotSpan is { } span ? Math.Max(period.FreeAt, period.Period + span) : FreeAt;
}
