using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>The calls to the grain: one at a time.</summary>
internal sealed partial class QuotaStock
{
    private long? _failingSince;
    private long _repeatAt;
    private long _toldAt;
    private int _repeatsLeft;
    private bool _hadPermits;
    private TimeSpan _pause = StockRules.FirstPause;

    private bool IsInOutage(long now) => _failingSince is { } since && now - since >= Ticks(StockRules.Patience);

    /// <summary>False: a tick would change nothing.</summary>
    public bool IsTickDue
    {
        get
        {
            lock (_gate)
            {
                return _limits is null || _sessionId != _session.Id || IsReportDue(Now) || MayRest;
            }
        }
    }

    /// <summary>Reports what is due. False: there is nothing left to do, ticks are not needed until the next wake.</summary>
    /// <param name="isLast">The node ends: whatever there is to say is due.</param>
    public async Task<bool> TickAsync(bool mayCall, bool isLast = false)
    {
        SessionReport report;
        SubjectLimits limits;
        lock (_gate)
        {
            var now = Now;
            FollowSession();
            if (_limits is null || !(isLast ? _newsSince is not null || HasStock : IsReportDue(now)))
            {
                return !TryRest();
            }

            if (_isCalling || !mayCall)
            {
                return true;
            }

            _isCalling = true;
            (report, limits) = (ComposeReport(_callsDone), _limits);
        }

        _calls.CountBackground();
        var answer = await TryCallAsync(() => _owner.ReportAsync(report, limits));
        lock (_gate)
        {
            TakeIn(report, answer);
            _isCalling = _waiters.Count > 0;
            if (!_isCalling)
            {
                return true;
            }
        }

        await PumpAsync();
        return true;
    }

    /// <summary>
    /// The node ends, and used nothing of what it asked for: no journal will say so, and without a last word the grain would keep room for
    /// what it may have been granted.
    /// </summary>
    public async Task LeaveAsync()
    {
        SessionReport report;
        SubjectLimits limits;
        lock (_gate)
        {
            if (_limits is null || _isCalling || _sessionId != _session.Id || _callsDone == 0 || _permits.Held > 0 || !_counts.IsUntouched)
            {
                return;
            }

            (report, limits) = (Report(_callsDone) with { IsFinal = true }, _limits);
        }

        _calls.CountBackground();
        await TryCallAsync(() => _owner.ReportAsync(report, limits));
    }

    private void TakeIn(SessionReport report, ReportAnswer? answer)
    {
        if (report.Session != _sessionId)
        {
            return;
        }

        if (answer is null || !answer.IsTaken || answer.Epoch < _epoch)
        {
            NoteFailure();
            Lost();
            return;
        }

        _failingSince = null;
        NoteEpoch(answer.Epoch);
        Note(answer.Windows, answer.AnsweredAt);
    }

    /// <summary>Puts the stock away if it holds nothing and nobody asks for it.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            var now = Now;
            FollowSession();
            _counts.Forget(since => _time.GetElapsedTime(since));
            _isRetired = _isRetired || (!_isCalling && _waiters.Count == 0 && _counts.IsEmpty && _permits.Held == 0 && now - _lastTakenAt > Ticks(StockRules.PutAwayAfter));
            return _isRetired;
        }
    }

    private bool IsReportDue(long now)
    {
        var isIdle = now - _lastTakenAt >= Ticks(StockRules.IdleAfter);
        var hasNews = _newsSince is { } since && now - since >= Ticks(!isIdle && IsRoomy ? StockRules.ReportAfterWhileBusy : StockRules.ReportAfter);
        return hasNews || (isIdle && HasStock) || (_repeatsLeft > 0 && now >= _repeatAt) || (_permits.InUse > 0 && now - _toldAt >= Ticks(StockRules.PermitsToldAfter));
    }

    private bool IsRoomy => _limits is { Concurrency: null } && Array.TrueForAll(_windows, window => window.State is { } told && told.Used + told.Reserved <= told.Limit / 2);

    private bool HasStock => _permits.Available > 0 || Array.Exists(_windows, static window => window.Available > 0);

    private bool MayRest => !_isCalling && _waiters.Count == 0 && _newsSince is null && _repeatsLeft == 0 && _permits.InUse == 0 && !HasStock;

    private bool TryRest()
    {
        if (!MayRest)
        {
            return false;
        }

        _isAwake = false;
        return true;
    }

    /// <summary>The session's totals; what lies idle goes back with them.</summary>
    private SessionReport ComposeReport(long callsDone)
    {
        var now = Now;
        if (_repeatsLeft > 0 && now >= _repeatAt)
        {
            _repeatsLeft--;
            _repeatAt = now + Ticks(StockRules.RepeatAfter);
            _counts.MarkAllAsNews();
        }

        var isIdle = now - _lastTakenAt >= Ticks(StockRules.IdleAfter) && _waiters.Count == 0;
        foreach (var window in _windows)
        {
            GaveBack(window.DropExpired(now) | (isIdle && window.DropAll()));
        }

        GaveBack(_permits.DropExpired(now) | (isIdle && _permits.DropAll()));

        if (_hadPermits && _permits.Held == 0)
        {
            // A claim of permits outlives the activation; its owner lets go of it once this node has been idle for a while, and is told so.
            _hadPermits = false;
            _repeatsLeft = StockRules.Repeats;
            _repeatAt = now + Ticks(StockRules.RepeatAfter);
        }

        return Report(callsDone);
    }

    private SessionReport Report(long callsDone)
    {
        _toldAt = Now;
        _newsSince = null;
        _gaveBackSinceReport = false;
        _permits.IsNews = false;
        return new SessionReport { Session = _sessionId, Number = _session.NextNumber(), CallsDone = callsDone, Totals = _counts.TakeNews(Now), Permits = _permits.Held, Epoch = _epoch };
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            long number;
            lock (_gate)
            {
                if (_waiters.Count == 0)
                {
                    _isCalling = false;
                    return;
                }

                number = _session.NextNumber();
            }

            await AcquireAsync(number);
        }
    }

    /// <summary>One call under one number, until it is answered or nobody waits for it any more.</summary>
    private async Task AcquireAsync(long number)
    {
        while (true)
        {
            AcquireCall call;
            StockWaiter first;
            lock (_gate)
            {
                if (_waiters.Count == 0)
                {
                    _callsDone = Math.Max(_callsDone, number);
                    NoteNews();
                    return;
                }

                first = _waiters[0];
                call = Compose(number, first);
            }

            var askedAt = Now;
            _calls.CountRequest();
            var answer = await TryCallAsync(() => _owner.AcquireAsync(call));
            bool isDone;
            lock (_gate)
            {
                isDone = TakeIn(call, first, answer, askedAt);
            }

            if (isDone)
            {
                return;
            }

            await Task.Delay(_pause, _time);
            _pause = _pause * 2 < StockRules.LongestPause ? _pause * 2 : StockRules.LongestPause;
            lock (_gate)
            {
                if (answer is not null || _sessionId != call.Session)
                {
                    // It was answered, so the next one is another call.
                    return;
                }
            }
        }
    }

    private AcquireCall Compose(long number, StockWaiter first)
    {
        var now = Now;
        var rate = _arrivals.PerSecond(now, _time.TimestampFrequency);
        var ahead = rate < StockRules.FewRequests ? 0 : rate * StockRules.SecondsAhead;
        var wishes = ImmutableArray.CreateBuilder<WindowWish>();
        foreach (var window in _windows)
        {
            var need = first.Parts.HasFlag(StockParts.Units) ? first.Estimate.For(window.Limit) : default;
            if (need.Desired == 0)
            {
                continue;
            }

            // With fewer the others could not begin on what is here; with this the grain decides over all that there is.
            window.DropAll();
            var desired = _waiters.Where(waiter => waiter.Parts.HasFlag(StockParts.Units)).Aggregate(0L, (sum, waiter) => Arithmetic.Add(sum, waiter.Estimate.For(window.Limit).Desired));
            var stock = window.IsKept ? (long)Math.Min(ahead * window.MeanNeed, window.Limit.Limit) : 0;
            wishes.Add(new WindowWish
            {
                WindowId = window.Limit.Id,
                Minimum = Math.Min(need.Minimum, StockRules.MostUnits),
                Desired = Math.Min(Arithmetic.Add(desired, stock), StockRules.MostUnits),
                Waiting = Math.Min(desired, StockRules.MostUnits),
            });
        }

        var wantsPermit = first.Parts.HasFlag(StockParts.Permit);
        if (wantsPermit)
        {
            _permits.DropAll();
        }

        return new AcquireCall
        {
            Session = _sessionId,
            CallNumber = number,
            Limits = _limits!,
            Wishes = wishes.ToImmutable(),
            MinimumPermits = wantsPermit ? 1 : 0,
            DesiredPermits = wantsPermit ? _waiters.Count(waiter => waiter.Parts.HasFlag(StockParts.Permit)) + (int)ahead : 0,
            Report = Report(number - 1),
            WaitsForPermit = wantsPermit && _waiters.Exists(waiter => waiter.Parts.HasFlag(StockParts.QueuedPermit)),
            RenewsPermit = wantsPermit && first.Parts.HasFlag(StockParts.RenewedPermit),
        };
    }

    /// <summary>False: try again after a pause.</summary>
    /// <param name="first">Who made the call; null: it was for those to come.</param>
    private bool TakeIn(AcquireCall call, StockWaiter? first, AcquireAnswer? answer, long askedAt)
    {
        if (call.Session != _sessionId)
        {
            return false;
        }

        if (answer is null)
        {
            NoteFailure();
            Lost();
            FailOverdue(StockResult.Unreachable, waiter => Now >= waiter.Deadline);
            return false;
        }

        _callsDone = Math.Max(_callsDone, call.CallNumber);
        _failingSince = null;
        if (answer.Refusal is { Kind: RefusalKind.Unavailable or RefusalKind.Stale })
        {
            Lost();
            FailOverdue(StockResult.Unavailable, waiter => Now - waiter.Since >= Ticks(StockRules.StorePatience) || Now >= waiter.Deadline);
            return false;
        }

        _pause = StockRules.FirstPause;

        if (answer.Epoch < _epoch)
        {
            // Of an activation that was replaced: its successor was told that no grant of it is taken any more.
            Lost();
            return true;
        }

        NoteEpoch(answer.Epoch);
        Note(answer.Windows, answer.AnsweredAt);
        if (answer.Refusal is null)
        {
            AddGrants(answer, askedAt);
            Serve(first);
        }
        else if (first is not null)
        {
            Refuse(call, first, answer);
        }

        return true;
    }

    private void AddGrants(AcquireAnswer answer, long askedAt)
    {
        var leaseEnd = askedAt + Ticks(TimeSpan.FromMilliseconds(answer.LeaseMilliseconds) - StockRules.LeaseMargin);
        foreach (var grant in answer.Grants)
        {
            if (Array.Find(_windows, window => window.Limit.Id == grant.WindowId) is { } window && grant.Amount > 0)
            {
                var count = window.IsKept ? _counts.Get(answer.Epoch, window.Limit, grant.Period) : new PeriodCount(answer.Epoch, window.Limit.Id, grant.Period, window.Limit);
                window.Add(count, grant.Amount, leaseEnd);
            }
        }

        _hadPermits |= answer.Permits > 0;
        _permits.Add(answer.Permits, leaseEnd);
        Awake();
    }

    /// <summary>The first takes what it got, more than its minimum as it may be; the others only all that they want, else theirs is the next call.</summary>
    private void Serve(StockWaiter? first)
    {
        var now = Now;
        for (var index = 0; index < _waiters.Count;)
        {
            var waiter = _waiters[index];
            if (TryTake(waiter.Estimate, waiter.Parts, needsAll: waiter != first, now) is { } reservation)
            {
                _waiters.RemoveAt(index);
                waiter.Complete(new StockOutcome(StockResult.Granted, reservation));
                continue;
            }

            if (waiter == first && ++waiter.FruitlessCalls >= StockRules.MaxFruitlessCalls)
            {
                _waiters.RemoveAt(index);
                waiter.Complete(new StockOutcome(StockResult.Unavailable));
                continue;
            }

            index++;
        }

        foreach (var window in _windows.Where(window => !window.IsKept))
        {
            window.DropAll();
        }
    }

    /// <summary>All that the refusal holds for, but those who find enough in what came back here while the grain was asked.</summary>
    private void Refuse(AcquireCall call, StockWaiter first, AcquireAnswer answer)
    {
        var now = Now;
        var refusal = answer.Refusal!;
        var window = refusal.WindowId is { } id ? Array.Find(_windows, window => window.Limit.Id == id)?.Limit : null;
        var wait = refusal.RetryAt is { } retryAt ? WaitFor(retryAt, answer.AnsweredAt) : (TimeSpan?)null;
        var asksAgain = IsOutdated(call, answer) && ++first.FruitlessCalls < StockRules.MaxFruitlessCalls;
        if (!asksAgain)
        {
            _refused.Keep(refusal, window, wait, window is null ? 0 : first.Estimate.For(window).Minimum, call.Limits.Version);
        }

        for (var index = 0; index < _waiters.Count;)
        {
            var waiter = _waiters[index];
            var reservation = TryTake(waiter.Estimate, waiter.Parts, needsAll: true, now);
            if (reservation is null && (asksAgain || (waiter != first && !_refused.Applies(waiter.Limits, waiter.Estimate, waiter.Parts))))
            {
                index++;
                continue;
            }

            _waiters.RemoveAt(index);
            waiter.Complete(reservation is null ? new StockOutcome(StockResult.Refused, null, refusal, window, wait) : new StockOutcome(StockResult.Granted, reservation));
        }
    }

    /// <summary>
    /// Something went back since the call, or a new activation counts what this node has not told it yet: the next call brings both.
    /// </summary>
    private bool IsOutdated(AcquireCall call, AcquireAnswer answer) =>
        _gaveBackSinceReport || (answer.Refusal!.Kind == RefusalKind.Reserved && call.Report.Epoch != answer.Epoch);

    private void FailOverdue(StockResult result, Predicate<StockWaiter> isOverdue)
    {
        for (var index = 0; index < _waiters.Count;)
        {
            var waiter = _waiters[index];
            if (isOverdue(waiter))
            {
                _waiters.RemoveAt(index);
                waiter.Complete(new StockOutcome(result));
            }
            else
            {
                index++;
            }
        }
    }

    private void NoteFailure() => _failingSince ??= Now;

    /// <summary>What the last report said may not have arrived.</summary>
    private void Lost()
    {
        _counts.MarkAllAsNews();
        NoteNews();
    }

    private void NoteEpoch(long epoch)
    {
        if (epoch == _epoch)
        {
            return;
        }

        if (_epoch != 0)
        {
            // The new activation knows nothing of what the one before was told.
            _counts.MarkAllAsNews();
            NoteNews();
            _repeatsLeft = StockRules.Repeats;
            _repeatAt = Now + Ticks(StockRules.RepeatAfter);
        }

        _epoch = epoch;
    }

    // The grain's time of day is not ours: only the distance between two times of its own means something here.
    private TimeSpan WaitFor(DateTimeOffset time, DateTimeOffset? answeredAt) => time - (answeredAt ?? _time.GetUtcNow());

    private void Note(ImmutableArray<WindowState> states, DateTimeOffset? answeredAt)
    {
        foreach (var state in states)
        {
            if (Array.Find(_windows, window => window.Limit.Id == state.WindowId) is { } window)
            {
                window.State = state;
                window.ResetsAt = Now + Ticks(WaitFor(state.ResetsAt, answeredAt));
            }
        }
    }

    /// <summary>Null: no answer in time.</summary>
    private async Task<T?> TryCallAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call().WaitAsync(StockRules.TryBound, _time);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
