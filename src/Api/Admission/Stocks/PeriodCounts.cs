using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>All that a session holds at one grain. Guarded by its stock.</summary>
internal sealed class PeriodCounts
{
    private readonly Dictionary<(long Epoch, string WindowId, long Period), PeriodCount> _all = [];

    public bool IsEmpty => _all.Count == 0;

    /// <summary>Nothing was used, and nothing is held.</summary>
    public bool IsUntouched => _all.Values.All(count => count is { Used: 0, InFlight: 0, InStock: 0 });

    public IEnumerable<PeriodCount> All => _all.Values;

    public PeriodCount Get(long epoch, WindowLimit window, long period)
    {
        if (!_all.TryGetValue((epoch, window.Id, period), out var count))
        {
            _all.Add((epoch, window.Id, period), count = new PeriodCount(epoch, window.Id, period, window));
        }

        return count;
    }

    /// <summary>What was not reported as it is now; it counts as reported from here on.</summary>
    /// <param name="now">Timestamp.</param>
    public ImmutableArray<PeriodTotal> TakeNews(long now)
    {
        ImmutableArray<PeriodTotal>.Builder? news = null;
        foreach (var count in _all.Values)
        {
            if (count.IsNews)
            {
                (count.IsNews, count.ReportedAt) = (false, now);
                (news ??= ImmutableArray.CreateBuilder<PeriodTotal>()).Add(count.ToTotal());
            }
        }

        return news?.ToImmutable() ?? [];
    }

    /// <summary>A report was lost, or another activation answers, which knows of nothing.</summary>
    public void MarkAllAsNews()
    {
        foreach (var count in _all.Values)
        {
            count.IsNews = true;
        }
    }

    /// <param name="age">Time since a timestamp.</param>
    public void Forget(Func<long, TimeSpan> age)
    {
        foreach (var over in _all.Where(pair => pair.Value.IsOver(age)).Select(pair => pair.Key).ToList())
        {
            _all.Remove(over);
        }
    }

    public void Clear() => _all.Clear();
}
