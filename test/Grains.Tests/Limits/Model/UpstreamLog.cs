namespace Gateway.Grains.Tests.Limits.Model;

internal sealed record UpstreamEntry(DateTimeOffset At, string Window, long Period)
{
    public required long Units { get; set; }
}

/// <summary>What really went to the provider, and when: what limits are judged by.</summary>
internal sealed class UpstreamLog(FakeTimeProvider truth)
{
    private readonly List<UpstreamEntry> _entries = [];

    private DateTimeOffset First { get; } = truth.GetUtcNow().UtcDateTime.Date;

    public int Count => _entries.Count;

    public UpstreamEntry Begin(string window, long period, long units)
    {
        var entry = new UpstreamEntry(truth.GetUtcNow(), window, period) { Units = units };
        _entries.Add(entry);
        return entry;
    }

    public long MostInAnyRow(string window, TimeSpan length)
    {
        var entries = _entries.Where(entry => entry.Window == window).ToList();
        return entries.Select(first => entries.Where(entry => entry.At >= first.At && entry.At < first.At + length).Sum(entry => entry.Units)).DefaultIfEmpty().Max();
    }

    /// <summary>By how much a day has more than its limit and what the day before left of its own.</summary>
    public long MostBeyondRollover(string window, long limit)
    {
        var days = _entries.Where(entry => entry.Window == window).GroupBy(entry => entry.Period).ToDictionary(day => day.Key, day => day.Sum(entry => entry.Units));
        var (most, rolledOver) = (0L, 0L);
        for (var day = First; day <= truth.GetUtcNow(); day = day.AddDays(1))
        {
            var left = limit + rolledOver - days.GetValueOrDefault(day.ToUnixTimeMilliseconds());
            (most, rolledOver) = (Math.Max(most, -left), Math.Clamp(left, 0, limit));
        }

        return most;
    }

    public long MostInAnyPeriod(string window) => Periods(window).Select(period => period.Units).DefaultIfEmpty().Max();

    public IEnumerable<(long Period, long Units)> Periods(string window) =>
        _entries.Where(entry => entry.Window == window).GroupBy(entry => entry.Period).Select(period => (period.Key, period.Sum(entry => entry.Units)));
}
