using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Windows;

/// <summary>The arithmetic of one window that needs no state.</summary>
internal sealed class WindowRule(WindowLimit window, TimeZoneInfo zone)
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const int SlotsOfRollingHours = 60;

    public string Id => window.Id;

    public WindowLimit Window => window;

    public bool IsRate => window.Window == WindowKind.Second;

    public bool IsCalendar => window.Window is WindowKind.Day or WindowKind.Week or WindowKind.Month;

    /// <summary>Of a window that rolls, in milliseconds.</summary>
    public long Length => window.Window == WindowKind.Minute ? Minute : window.RollingHours * Hour;

    /// <inheritdoc cref="Length"/>
    public long SlotLength => window.Window == WindowKind.Minute ? 1_000 : window.RollingHours * Hour / SlotsOfRollingHours;

    /// <summary>
    /// From the begin of a slot until its units are free again. Granted at the end of the slot and used at the end of the lease, by the clock of
    /// another silo: only then has no window in a row more than the limit.
    /// </summary>
    public long SlotSpan => Length + SlotLength + QuotaRules.Lease + QuotaRules.ClockDifference;

    public CalendarSpan CalendarAt(long now) => CalendarSpan.Around(window.Window, zone, now);

    public long SlotAt(long now) => now - (now % SlotLength);

    /// <summary>Without what was rolled over.</summary>
    public long LimitAt(long now) =>
        window.Limit + (window.RaisedUntil is not { } until || now < until.ToUnixTimeMilliseconds() ? window.Raise : 0);

    /// <summary>What one write claims at least, so that not every grant needs one.</summary>
    public long Block(long limit) => Math.Max(1, window.Window == WindowKind.Minute ? limit / 20 : limit / 200);

    /// <summary>Its slots are shorter than the time for which a write lets be granted, and it has units for more than single requests.</summary>
    public bool IsClaimedAhead(long limit) => window.Window == WindowKind.Minute && !MakesNoStock(limit);

    /// <summary>Whoever is granted a unit has a request that begins with it, and a request a minute does not come back.</summary>
    public bool IsUsedWhenGranted(long limit) => window is { Unit: LimitUnit.Requests, Window: WindowKind.Minute } && MakesNoStock(limit);

    /// <summary>How much of the wish is granted when so much is free.</summary>
    public long Share(WindowWish wish, long limit, long free)
    {
        if (window.IsHard && window.Unit != LimitUnit.Requests)
        {
            return HardShare(wish, limit, free);
        }

        var waiting = Math.Max(wish.Minimum, Math.Min(wish.Waiting, free));
        return MakesNoStock(limit) ? waiting : Math.Max(waiting, Math.Min(wish.Desired, free - (limit / QuotaRules.LastPart)));
    }

    // What requests wait for is longer answers, not a stock: they hold it themselves. What is reserved for those to come is much more than they will
    // use, and while it lies at one node it blocks all others. A node of an older version does not tell one from the other.
    private static long HardShare(WindowWish wish, long limit, long free)
    {
        var waiting = Math.Min(wish.Waiting == 0 ? wish.Desired : Math.Max(wish.Minimum, wish.Waiting), free);
        var left = free - waiting;
        var most = Math.Max(0, Math.Min(left / QuotaRules.HardStockPart, left - (limit / QuotaRules.LastPart)));
        return waiting + Math.Clamp(wish.Desired - waiting, 0, most);
    }

    private static bool MakesNoStock(long limit) => limit <= QuotaRules.SmallLimit;
}
