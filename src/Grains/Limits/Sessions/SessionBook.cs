using System.Collections.Immutable;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Claims;

namespace Gateway.Grains.Limits.Sessions;

/// <summary>
/// What one session of a node holds: what it last told, and what it was granted by calls that were not done when it told.
/// </summary>
internal sealed class SessionBook(string id)
{
    private readonly Dictionary<(long Epoch, string WindowId, long Period), Holding> _holdings = [];
    private readonly SortedDictionary<long, CallGrant> _calls = [];
    private int _permitsTold;

    public string Id => id;

    public long LastReport { get; private set; }

    public long CallsDone { get; private set; }

    /// <summary>It has told all that it holds of earlier epochs.</summary>
    public bool HasTold { get; private set; }

    /// <summary>Its journal was read to the end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The table says that it is gone.</summary>
    public bool IsLost { get; private set; }

    /// <summary>When it was last heard of, on the monotonic clock; null: not by this activation.</summary>
    public long? HeardAt { get; set; }

    /// <summary>Unix milliseconds; null: nothing was granted by this activation.</summary>
    public long? LastGrantAt { get; private set; }

    /// <summary>When permits were granted last, in Unix milliseconds; null: not by this activation.</summary>
    public long? LastPermitAt { get; private set; }

    /// <summary>When it was refused a permit that requests wait for, in Unix milliseconds; null: it was granted one since.</summary>
    public long? PermitRefusedAt { get; set; }

    public int OpenCalls => _calls.Count;

    public bool IsEmpty => _holdings.Count == 0 && _calls.Count == 0 && PermitsHeld == 0 && PermitsClaimed == 0;

    /// <summary>All that it was granted is settled or given back, and it has told so.</summary>
    public bool HoldsNothing => _calls.Count == 0 && PermitsHeld == 0 && _holdings.Values.All(holding => holding.Reserved == 0);

    /// <summary>Covered by a stored state.</summary>
    public int PermitsClaimed { get; set; }

    public int PermitsHeld => _permitsTold + _calls.Values.Sum(call => call.Permits);

    public static SessionBook WithPermits(string id, int permits) => new(id) { _permitsTold = permits, PermitsClaimed = permits };

    public CallGrant? Find(long callNumber) => _calls.GetValueOrDefault(callNumber);

    public void Add(long callNumber, CallGrant grant)
    {
        _calls.Add(callNumber, grant);
        LastGrantAt = grant.GrantedAt;
        if (grant.PermitsGranted > 0)
        {
            (LastPermitAt, PermitRefusedAt) = (grant.GrantedAt, null);
        }

        foreach (var unit in grant.Units)
        {
            HoldingOf(grant.Epoch, unit.WindowId, unit.Period).Granted += unit.Amount;
            unit.Period.Reserved += unit.Amount;
        }
    }

    /// <param name="epoch">Of this activation.</param>
    /// <param name="find">The period of an epoch that still counts, or null.</param>
    public void Take(SessionReport report, long epoch, Func<PeriodTotal, PeriodBook?> find)
    {
        if (report.IsPart)
        {
            Tell(report, find);
            return;
        }

        if (HasEnded || (!report.IsFinal && report.Number <= LastReport))
        {
            return;
        }

        LastReport = Math.Max(LastReport, report.Number);
        CallsDone = report.IsFinal ? long.MaxValue : Math.Max(CallsDone, report.CallsDone);
        ForgetCalls();
        Tell(report, find);
        if (report.IsFinal)
        {
            End();
        }
        else if (report.Epoch == epoch)
        {
            HasTold = true;
            _permitsTold = IsLost ? 0 : Math.Max(0, report.Permits);
        }
    }

    public IEnumerable<(string WindowId, PeriodBook Period, long Used)> UsedOf(long epoch) =>
        _holdings.Where(pair => pair.Key.Epoch == epoch && pair.Value.Used > 0).Select(pair => (pair.Key.WindowId, pair.Value.Period, pair.Value.Used));

    /// <summary>What a session that has ended used, to be counted elsewhere from now on.</summary>
    public IEnumerable<(long Epoch, string WindowId, PeriodBook Period, long Used)> TakeOut()
    {
        var used = _holdings.Select(pair => (pair.Key.Epoch, pair.Key.WindowId, pair.Value.Period, pair.Value.Used)).ToList();
        _holdings.Clear();
        return used;
    }

    /// <summary>The table says that it is gone: its permits are free; what it used only its journal can tell.</summary>
    public void Lose()
    {
        IsLost = true;
        _permitsTold = 0;
        PermitsClaimed = 0;
        foreach (var call in _calls.Values)
        {
            call.Permits = 0;
        }
    }

    /// <inheritdoc cref="EpochBook.Trim" path="/param"/>
    public void Trim(long now, Func<string, long, bool> isKept)
    {
        foreach (var over in _holdings.Where(pair => pair.Value.Period.FreeAt <= now && !isKept(pair.Key.WindowId, pair.Key.Period)).Select(pair => pair.Key).ToList())
        {
            _holdings.Remove(over);
        }
    }

    public ImmutableArray<WindowHolding> Reserved(long now) =>
    [
        .. from holding in _holdings
           where holding.Value.Period.FreeAt > now
           group holding.Value.Reserved by holding.Key.WindowId into window
           orderby window.Key
           let amount = window.Sum()
           where amount > 0
           select new WindowHolding { WindowId = window.Key, Amount = amount },
    ];

    private void Tell(SessionReport report, Func<PeriodTotal, PeriodBook?> find)
    {
        foreach (var total in report.Totals)
        {
            if (!HasEnded && find(total) is { } period)
            {
                var holding = HoldingOf(total.Epoch, total.WindowId, period);
                var used = Math.Clamp(total.Used, 0, QuotaRules.MaxTotal);

                // The end of a journal may be missing, after a power cut or in an old copy: what the session told itself is no less true.
                holding.Tell(report.IsFinal || report.IsPart ? Math.Max(used, holding.Used) : used, report.IsFinal ? 0 : Math.Clamp(total.Reserved, 0, QuotaRules.MaxTotal));
            }
        }
    }

    private void End()
    {
        HasEnded = HasTold = true;
        PermitsClaimed = 0;
        _permitsTold = 0;
        foreach (var holding in _holdings.Values)
        {
            holding.Tell(holding.Used, 0);
        }
    }

    private void ForgetCalls()
    {
        while (_calls.Count > 0 && _calls.First() is var (number, call) && number <= CallsDone)
        {
            _calls.Remove(number);
            foreach (var unit in call.Units)
            {
                HoldingOf(call.Epoch, unit.WindowId, unit.Period).Granted -= unit.Amount;
                unit.Period.Reserved -= unit.Amount;
            }
        }
    }

    private Holding HoldingOf(long epoch, string windowId, PeriodBook period)
    {
        var key = (epoch, windowId, period.Period);
        if (!_holdings.TryGetValue(key, out var holding))
        {
            _holdings.Add(key, holding = new Holding(period));
        }

        return holding;
    }

    /// <summary>The session's part of a period.</summary>
    private sealed class Holding(PeriodBook period)
    {
        private long _reservedTold;

        public PeriodBook Period => period;

        public long Used { get; private set; }

        public long Granted { get; set; }

        public long Reserved => _reservedTold + Granted;

        public void Tell(long used, long reserved)
        {
            period.Used += used - Used;
            period.Reserved += reserved - _reservedTold;
            (Used, _reservedTold) = (used, reserved);
        }
    }
}
