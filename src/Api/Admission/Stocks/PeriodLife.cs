using Gateway.Abstractions.Limits;
using Gateway.Storage.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>How long after its begin a grain may still ask for a period.</summary>
internal static class PeriodLife
{
    /// <summary>Longer than the window by more than clocks may differ and a lease may last; calendar windows by the longest there is.</summary>
    public static TimeSpan Of(WindowKind window, int rollingHours) => window switch
    {
        WindowKind.Second or WindowKind.Minute => TimeSpan.FromMinutes(2),
        WindowKind.Day => TimeSpan.FromDays(2),
        WindowKind.Week => TimeSpan.FromDays(9),
        WindowKind.Month => TimeSpan.FromDays(33),
        _ => TimeSpan.FromHours((rollingHours * 2) + 1),
    };

    /// <summary>By the window's id, which is all that a journal has of it. Null: a window that this version does not know.</summary>
    public static TimeSpan? Of(string windowId) =>
        LimitNames.TryFindWindow(windowId, out var window, out var rollingHours) ? Of(window, rollingHours) : null;
}
