using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.State;

namespace Gateway.Grains.Limits.Windows;

/// <summary>
/// Which windows were warned of. Each is once: until the end of a calendar window, and for the length of one that rolls. It is stored with the
/// claims, so that the next activation does not warn again; one that dies before its next write may.
/// </summary>
internal sealed class WarningBook
{
    private readonly Dictionary<string, long> _until;

    public WarningBook(IEnumerable<WindowWarning> stored) => _until = stored.ToDictionary(warning => warning.WindowId, warning => warning.Until, StringComparer.Ordinal);

    public static bool Warns(WindowRule rule) => rule.Window.SoftAt is not null;

    public bool IsTold(WindowRule rule, long now) => _until.TryGetValue(rule.Id, out var until) && now < until;

    /// <summary>True: its soft share is used, and this is the first time in its window that it is asked about.</summary>
    public bool TryTell(WindowRule rule, WindowState state, long now)
    {
        if (!(state.Used >= rule.Window.SoftAt * state.Limit))
        {
            return false;
        }

        _until[rule.Id] = rule.IsCalendar ? state.ResetsAt.ToUnixTimeMilliseconds() : now + rule.SlotSpan;
        return true;
    }

    public IEnumerable<WindowWarning> Told(long now) =>
        from warning in _until
        where now < warning.Value
        orderby warning.Key
        select new WindowWarning { WindowId = warning.Key, Until = warning.Value };
}
