using Gateway.Grains.Limits.State;

namespace Gateway.Grains.Limits.Claims;

/// <summary>What one activation claimed and granted.</summary>
internal sealed class EpochBook(long epoch)
{
    private readonly Dictionary<string, SortedList<long, PeriodBook>> _windows = new(StringComparer.Ordinal);

    public long Epoch => epoch;

    /// <summary>All to whom it may have granted something.</summary>
    public HashSet<string> Sessions { get; } = new(StringComparer.Ordinal);

    /// <summary>Those among them once that hold nothing of it, and are granted nothing before a stored state names them again.</summary>
    public HashSet<string> AtRest { get; } = new(StringComparer.Ordinal);

    /// <summary>It is known what the sessions hold: this activation granted it, or all of them have told.</summary>
    public bool IsKnown { get; set; }

    public bool IsEmpty => _windows.Count == 0;

    public bool HasReservations => _windows.Values.Any(periods => periods.Values.Any(period => period.Reserved > 0));

    public bool Has(string session) => Sessions.Contains(session) || AtRest.Contains(session);

    public static EpochBook From(EpochClaims claims)
    {
        var book = new EpochBook(claims.Epoch);
        book.Sessions.UnionWith(claims.Sessions);
        foreach (var window in claims.Windows)
        {
            foreach (var period in window.Periods)
            {
                book.Get(window.WindowId, period.Period, period.FreeAt).Claimed = period.Units;
            }
        }

        return book;
    }

    public IList<PeriodBook> In(string windowId) => _windows.TryGetValue(windowId, out var periods) ? periods.Values : [];

    public PeriodBook? Find(string windowId, long period) =>
        _windows.TryGetValue(windowId, out var periods) ? periods.GetValueOrDefault(period) : null;

    public PeriodBook Get(string windowId, long period, long freeAt)
    {
        if (!_windows.TryGetValue(windowId, out var periods))
        {
            _windows.Add(windowId, periods = []);
        }

        if (!periods.TryGetValue(period, out var book))
        {
            periods.Add(period, book = new PeriodBook(period, freeAt));
        }

        return book;
    }

    /// <summary>What must be taken for granted: where it is not known what the sessions hold, all that was claimed.</summary>
    public long Counted(PeriodBook period) => IsKnown ? period.Held : Math.Max(period.Claimed, period.Held);

    /// <summary>Adds another epoch's units to this one's, as used for good.</summary>
    public void Absorb(EpochBook other)
    {
        foreach (var (windowId, periods) in other._windows)
        {
            foreach (var period in periods.Values)
            {
                Get(windowId, period.Period, period.FreeAt).Used += other.Counted(period);
            }
        }
    }

    /// <param name="after">What is free by then stays free.</param>
    public void Delay(long milliseconds, long after)
    {
        foreach (var period in _windows.Values.SelectMany(periods => periods.Values).Where(period => period.FreeAt > after))
        {
            period.Delay(milliseconds);
        }
    }

    /// <param name="isKept">Of a window: the period is still asked about when it is over.</param>
    public void Trim(long now, Func<string, long, bool> isKept)
    {
        foreach (var (windowId, periods) in _windows.ToList())
        {
            foreach (var over in periods.Values.Where(period => period.FreeAt <= now && !isKept(windowId, period.Period)).ToList())
            {
                periods.Remove(over.Period);
            }

            if (periods.Count == 0)
            {
                _windows.Remove(windowId);
            }
        }
    }

    /// <summary>Until all have told, also periods of which nothing is left: what a session that ended used beyond its guess was taken from the claims of the others.</summary>
    /// <param name="units">What must be stored of a period.</param>
    public EpochClaims ToClaims(Func<string, PeriodBook, long> units, IEnumerable<string> newSessions) => new()
    {
        Epoch = epoch,
        Sessions = [.. Sessions.Union(newSessions, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        Windows =
        [
            .. from window in _windows
               orderby window.Key
               let periods = window.Value.Values
                   .Select(period => new PeriodClaim { Period = period.Period, Units = units(window.Key, period), FreeAt = period.FreeAt })
                   .Where(claim => claim.Units > 0 || !IsKnown)
               where periods.Any()
               select new WindowClaims { WindowId = window.Key, Periods = [.. periods] },
        ],
    };
}
