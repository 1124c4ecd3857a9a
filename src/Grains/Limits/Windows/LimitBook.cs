using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Windows;

/// <summary>The newest limits that were seen.</summary>
internal sealed class LimitBook
{
    private Dictionary<string, WindowRule> _byId = [];

    public LimitBook(SubjectLimits? stored)
    {
        if (stored is not null)
        {
            Take(stored);
        }
    }

    public SubjectLimits? Limits { get; private set; }

    public IReadOnlyList<WindowRule> Rules { get; private set; } = [];

    /// <summary>Null: no bound.</summary>
    public int? Concurrency => Limits?.Concurrency;

    /// <returns>False: known already, or older.</returns>
    public bool TryFollow(SubjectLimits limits)
    {
        if (Limits is not null && limits.Version <= Limits.Version)
        {
            return false;
        }

        Take(limits);
        return true;
    }

    public WindowRule? Find(string windowId) => _byId.GetValueOrDefault(windowId);

    private void Take(SubjectLimits limits)
    {
        var zone = Zone(limits.TimeZone);
        Limits = limits;
        Rules = [.. limits.Windows.Select(window => new WindowRule(window, zone))];
        _byId = Rules.ToDictionary(rule => rule.Id, StringComparer.Ordinal);
    }

    // Nodes refuse unknown names; a silo with older time zone data must count all the same.
    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
