using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.State;

namespace Gateway.Grains.Limits.Windows;

/// <summary>
/// Which calendar window is open.
/// <list type="number">
/// <item>The one that was opened last stays open until its end, also when the time zone changes.</item>
/// <item>After it comes the one that the calendar shows now, though never before the end of the last one.</item>
/// <item>What rolls over is what the window just before left unused; if that was never opened, all of its limit. Never more than that. So
/// what was taken of the last one is known until the next one is stored (<see cref="IsLast"/>).</item>
/// </list>
/// </summary>
internal sealed class CalendarBook
{
    private readonly Dictionary<string, OpenWindow> _open;

    public CalendarBook(IEnumerable<OpenWindow> stored) => _open = stored.ToDictionary(window => window.WindowId, StringComparer.Ordinal);

    public IEnumerable<OpenWindow> Open => _open.Values.OrderBy(window => window.WindowId, StringComparer.Ordinal);

    /// <param name="takenIn">What is taken of a window.</param>
    public OpenWindow At(WindowRule rule, long now, Func<OpenWindow, long> takenIn)
    {
        var last = _open.GetValueOrDefault(rule.Id);
        if (last is not null && now < last.End)
        {
            return last;
        }

        var span = rule.CalendarAt(now);
        var begin = Math.Max(span.Begin, last?.End ?? span.Begin);
        return new OpenWindow { WindowId = rule.Id, Begin = begin, End = span.End, RolledOver = RolledOver(rule.Window, last, begin, takenIn) };
    }

    public bool IsOpen(OpenWindow window) => _open.GetValueOrDefault(window.WindowId) == window;

    /// <summary>The period is that of the window that was opened last, which may be over.</summary>
    public bool IsLast(string windowId, long period) => _open.GetValueOrDefault(windowId)?.Begin == period;

    public bool Knows(string windowId) => _open.ContainsKey(windowId);

    public void Add(OpenWindow window) => _open[window.WindowId] = window;

    /// <summary>Windows that no limit needs any more; one that comes back starts without what was left over.</summary>
    public void Trim(Func<string, bool> isLimited, long now)
    {
        foreach (var over in _open.Values.Where(window => window.End <= now && !isLimited(window.WindowId)).ToList())
        {
            _open.Remove(over.WindowId);
        }
    }

    private static long RolledOver(WindowLimit window, OpenWindow? last, long begin, Func<OpenWindow, long> takenIn)
    {
        if (!window.RollsOver || last is null)
        {
            return 0;
        }

        var unused = last.End == begin ? window.Limit + last.RolledOver - takenIn(last) : window.Limit;
        return Math.Clamp(unused, 0, window.Limit);
    }
}
