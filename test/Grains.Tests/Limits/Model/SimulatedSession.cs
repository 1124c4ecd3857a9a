using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>One life of a node, which keeps its duties: it measures leases from before it asked, tells all of its totals until they are taken, and takes nothing of an epoch that is over.</summary>
internal sealed class SimulatedSession(string id, FakeTimeProvider truth, UpstreamLog upstream)
{
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<(long Epoch, string Window, long Period), Count> _counts = [];
    private readonly List<Lot> _lots = [];
    private readonly List<DateTimeOffset> _permits = [];
    private readonly List<SimulatedRequest> _requests = [];
    private readonly Dictionary<long, AcquireCall> _open = [];
    private long _calls;
    private long _reports;
    private long _epoch;

    public string Id => id;

    public DateTimeOffset? DiedAt { get; private set; }

    public bool IsAlive => DiedAt is null;

    public int InFlight => _requests.Count;

    public IEnumerable<long> OpenCalls => _open.Keys.Order();

    public IEnumerable<(string Window, long Period, long Used)> Used => _counts.GroupBy(pair => (pair.Key.Window, pair.Key.Period)).Select(group => (group.Key.Window, group.Key.Period, group.Sum(pair => pair.Value.Used)));

    /// <summary>What was used of a window, as far as it is settled.</summary>
    public IEnumerable<SettledCount> Settled(string window) => _counts.Where(pair => pair.Key.Window == window).Select(pair => new SettledCount(id, pair.Key.Epoch, pair.Key.Period, pair.Value.Settled));

    private long CallsDone => _open.Count == 0 ? _calls : _open.Keys.Min() - 1;

    public AcquireCall Ask(SubjectLimits limits, IEnumerable<WindowWish> wishes, int permits)
    {
        var call = new AcquireCall
        {
            Session = id,
            CallNumber = ++_calls,
            Limits = limits,
            Wishes = [.. wishes],
            MinimumPermits = permits,
            DesiredPermits = permits,
            WaitsForPermit = permits > 0 && _calls % 2 == 0,
            Report = null!,
        };
        _open.Add(call.CallNumber, call);
        return Repeat(call.CallNumber);
    }

    public AcquireCall Repeat(long number) => _open[number] with { Report = Report() };

    public void GiveUp(long number) => _open.Remove(number);

    public SessionReport Report()
    {
        DropExpired();
        return new SessionReport
        {
            Session = id,
            Number = ++_reports,
            CallsDone = CallsDone,
            Epoch = _epoch,
            Permits = _permits.Count + _requests.Count,
            Totals = [.. _counts.Where(pair => !pair.Value.IsTaken).Select(pair => Total(pair.Key, pair.Value.Used, pair.Value.InFlight + pair.Value.InStock))],
        };
    }

    /// <summary>Made by whoever reads the journal of the dead: what was in flight is used, what was in stock was not.</summary>
    public SessionReport FinalReport() => new()
    {
        Session = id,
        Number = 1,
        CallsDone = 0,
        Epoch = 0,
        IsFinal = true,
        Totals = [.. _counts.Select(pair => Total(pair.Key, pair.Value.Used, 0)).Where(total => total.Used > 0)],
    };

    public void OnAnswer(AcquireCall call, AcquireAnswer answer, DateTimeOffset askedAt)
    {
        var isTold = answer.Refusal is { Kind: RefusalKind.Unavailable or RefusalKind.Stale };
        if (!isTold)
        {
            Taken(call.Report, answer.Epoch);
        }

        if (!_open.ContainsKey(call.CallNumber) || answer.Refusal is { Kind: RefusalKind.Unavailable } || answer.Epoch < _epoch)
        {
            return;
        }

        _open.Remove(call.CallNumber);
        if (answer.Refusal is not null)
        {
            return;
        }

        var leaseEnd = askedAt + TimeSpan.FromMilliseconds(answer.LeaseMilliseconds) - LeaseMargin;
        foreach (var grant in answer.Grants)
        {
            var count = CountOf((answer.Epoch, grant.WindowId, grant.Period));
            count.InStock += grant.Amount;
            count.Change(_reports);
            _lots.Add(new Lot(grant.WindowId, count, grant.Period, leaseEnd) { Amount = grant.Amount });
        }

        _permits.AddRange(Enumerable.Repeat(leaseEnd, answer.Permits));
    }

    public void OnAnswer(SessionReport report, ReportAnswer answer)
    {
        if (answer.IsTaken)
        {
            Taken(report, answer.Epoch);
        }
    }

    /// <summary>Begins a request with units of every window and a permit, if leases have enough.</summary>
    public bool TryBegin(IReadOnlyDictionary<string, Need> needs, int permits)
    {
        DropExpired();
        if (_permits.Count < permits || needs.Any(need => _lots.Where(lot => lot.Window == need.Key).Sum(lot => lot.Amount) < need.Value.Least))
        {
            return false;
        }

        var request = new SimulatedRequest();
        foreach (var (window, need) in needs)
        {
            var left = need.Most;
            foreach (var lot in _lots.Where(lot => lot.Window == window && lot.Amount > 0))
            {
                var taken = Math.Min(left, lot.Amount);
                lot.Amount -= taken;
                lot.Count.InStock -= taken;
                lot.Count.InFlight += taken;
                lot.Count.Change(_reports);
                left -= taken;
                if (taken > 0)
                {
                    request.Parts.Add((lot.Count, upstream.Begin(window, lot.Period, taken)));
                }
            }
        }

        if (permits > 0)
        {
            _permits.RemoveAt(0);
        }

        _requests.Add(request);
        return true;
    }

    /// <param name="percent">Of what was reserved, by window.</param>
    public void Settle(int index, Func<string, int> percent)
    {
        var request = _requests[index];
        _requests.RemoveAt(index);
        foreach (var (count, entry) in request.Parts)
        {
            var used = Math.Max(1, entry.Units * percent(entry.Window) / 100);
            count.InFlight -= entry.Units;
            count.Used += used;
            count.Change(_reports);
            count.Settled.Add((entry.Units, used));
            entry.Units = used;
        }
    }

    public void Die()
    {
        DiedAt = truth.GetUtcNow();
        while (_requests.Count > 0)
        {
            Settle(0, _ => 100);
        }

        _open.Clear();
    }

    private void DropExpired()
    {
        foreach (var lot in _lots.Where(lot => lot.LeaseEnd <= truth.GetUtcNow()))
        {
            lot.Count.InStock -= lot.Amount;
            lot.Count.Change(_reports);
            lot.Amount = 0;
        }

        _lots.RemoveAll(lot => lot.Amount == 0);
        _permits.RemoveAll(leaseEnd => leaseEnd <= truth.GetUtcNow());
    }

    private void Taken(SessionReport report, long epoch)
    {
        if (epoch > _epoch)
        {
            _epoch = epoch;
            foreach (var count in _counts.Values)
            {
                count.IsTaken = false;
            }
        }
        else if (epoch == _epoch && report.Epoch == epoch)
        {
            foreach (var total in report.Totals)
            {
                var count = _counts[(total.Epoch, total.WindowId, total.Period)];
                count.IsTaken |= report.Number > count.ChangedAfter;
            }
        }
    }

    private Count CountOf((long, string, long) key)
    {
        if (!_counts.TryGetValue(key, out var count))
        {
            _counts.Add(key, count = new Count());
        }

        return count;
    }

    private static PeriodTotal Total((long Epoch, string Window, long Period) key, long used, long reserved) =>
        new() { Epoch = key.Epoch, WindowId = key.Window, Period = key.Period, Used = used, Reserved = reserved };

    internal sealed class Count
    {
        public long Used { get; set; }

        public long InFlight { get; set; }

        public long InStock { get; set; }

        public bool IsTaken { get; set; }

        /// <summary>The last report that was made before the last change. The same numbers in an older one say nothing: another may have told other numbers since.</summary>
        public long ChangedAfter { get; private set; }

        public List<(long Reserved, long Used)> Settled { get; } = [];

        public void Change(long reports) => (IsTaken, ChangedAfter) = (false, reports);
    }

    private sealed record Lot(string Window, Count Count, long Period, DateTimeOffset LeaseEnd)
    {
        public long Amount { get; set; }
    }

    private sealed class SimulatedRequest
    {
        public List<(Count Count, UpstreamEntry Entry)> Parts { get; } = [];
    }
}
