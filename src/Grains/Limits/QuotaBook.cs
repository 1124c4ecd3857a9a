using System.Collections.Immutable;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Claims;
using Gateway.Grains.Limits.Sessions;
using Gateway.Grains.Limits.State;
using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Limits;

/// <summary>
/// All that one activation knows of its subject or account, and how it decides. Times are Unix milliseconds and never go back.
/// <list type="number">
/// <item>A unit is granted from a period of a window (<see cref="WindowSlot"/>) if the window has room for it over all epochs
/// (<see cref="ClaimLedger"/>), and if this epoch has claimed it in that period: a stored state covers whatever was granted.</item>
/// <item>Where only the claim is missing the call waits for a write, which claims a block for all who wait (<see cref="Plan"/>).</item>
/// <item>What a session holds is what it told in totals, and what it was granted by calls that were not done then (<see cref="SessionBook"/>).</item>
/// <item>From a budget nothing is granted until it is known what was spent before (<see cref="BudgetBook"/>).</item>
/// <item>All of a call is granted, or nothing. Of several windows that have no room the one that is free last refuses.</item>
/// </list>
/// </summary>
internal sealed partial class QuotaBook
{
    private readonly LimitBook _limits;
    private readonly ClaimLedger _ledger;
    private readonly CalendarBook _calendars;
    private readonly RateBook _rates;
    private readonly WarningBook _warnings;
    private readonly BudgetBook _budgets;
    private readonly PermitBook _permits;
    private readonly Dictionary<string, SessionBook> _sessions = new(StringComparer.Ordinal);
    private long _lastEpoch;
    private bool _hasNewLimits;
    private bool _mayHaveBeenAway;

    public QuotaBook(QuotaState stored)
    {
        _limits = new LimitBook(stored.Limits);
        _ledger = new ClaimLedger(stored);
        _calendars = new CalendarBook(stored.Calendars);
        _rates = new RateBook(stored.Time);
        _warnings = new WarningBook(stored.Warnings.IsDefault ? [] : stored.Warnings);
        _budgets = new BudgetBook(stored);
        _lastEpoch = stored.Epoch;
        foreach (var claim in stored.Permits)
        {
            _sessions[claim.Session] = SessionBook.WithPermits(claim.Session, claim.Permits);
        }

        _permits = new PermitBook(_sessions.Values);
    }

    /// <summary>This activation's, or of the last one before it has written.</summary>
    public long Epoch => _ledger.Current?.Epoch ?? _lastEpoch;

    public bool HasBegun => _ledger.Current is not null;

    public int? Concurrency => _limits.Concurrency;

    /// <summary>
    /// Somebody knows of a later epoch: another activation has written. One that has not begun is told so by its first write; where that succeeds
    /// the row was lost, and a later epoch begins all the same.
    /// </summary>
    public bool IsSupersededBy(SessionReport report) => HasBegun && report.Epoch > Epoch;

    /// <summary>The clock was set forward, to the present moment: what was granted is not older for that.</summary>
    public void Skip(long milliseconds, long now) => _ledger.Delay(milliseconds, now);

    public void Follow(SubjectLimits limits)
    {
        if (_limits.TryFollow(limits))
        {
            _hasNewLimits = true;
            _mayHaveBeenAway = true;
        }
    }

    /// <param name="heardAt">Timestamp of the monotonic clock.</param>
    public void Take(SessionReport report, long heardAt)
    {
        _lastEpoch = Math.Max(_lastEpoch, report.Epoch);
        var session = SessionOf(report.Session);
        session.HeardAt = heardAt;
        session.Take(report, HasBegun ? Epoch : long.MaxValue, total => _ledger.Find(total.Epoch, session.Id)?.Find(total.WindowId, total.Period));
        _ledger.Learn(HasTold);
    }

    /// <summary>Grants, refuses, or says that it takes a write first.</summary>
    /// <param name="mayGrant">The last write is young enough to speak for the subject.</param>
    public Decision Decide(AcquireCall call, long now, bool mayGrant)
    {
        var session = SessionOf(call.Session);
        if (session.Find(call.CallNumber) is { } before)
        {
            return Decision.Answered(Granted(before, now));
        }

        if (session.HasEnded || session.IsLost || call.CallNumber <= session.CallsDone)
        {
            return Decision.Answered(Refused(new LimitRefusal { Kind = RefusalKind.Stale }, now));
        }

        if (session.OpenCalls >= QuotaRules.MaxCallsOpen)
        {
            return Decision.Answered(Unavailable(now));
        }

        var shares = call.Wishes.Select(wish => ShareOf(wish, now)).ToList();
        var permits = _permits.ShareOf(session, call, _limits.Concurrency, now);
        if (shares.Select(share => share.Refusal).Append(permits.IsRefused ? ConcurrencyRefusal(now) : null).Where(refusal => refusal is not null).MaxBy(Severity) is { } refusal)
        {
            if (refusal.Kind == RefusalKind.Concurrency && call.WaitsForPermit)
            {
                session.PermitRefusedAt = now;
            }

            // One that nobody should ask any more finds out here, too.
            return HasBegun && mayGrant ? Decision.Answered(Refused(refusal, now)) : Decision.NeedsWrite;
        }

        var isCovered = mayGrant && HasBegun && !_hasNewLimits && _ledger.Current!.Sessions.Contains(session.Id);
        return isCovered && permits.IsCovered && shares.TrueForAll(share => share.IsCovered)
            ? Decision.Answered(Grant(session, call, shares, permits.Amount, now))
            : Decision.NeedsWrite;
    }

    public AcquireAnswer Unavailable(long now) => Refused(new LimitRefusal { Kind = RefusalKind.Unavailable }, now);

    /// <summary>Permits are in the way of the call, and perhaps sessions hold them that are gone.</summary>
    public bool LacksPermits(AcquireCall call) => _permits.IsLacking(call, _limits.Concurrency);

    /// <summary>Sessions with permits that were not heard of lately.</summary>
    public IReadOnlyList<string> SilentHolders(Func<long, bool> isLongAgo) =>
        [.. _sessions.Values.Where(session => (session.PermitsHeld > 0 || session.PermitsClaimed > 0) && (session.HeardAt is not { } heard || isLongAgo(heard))).Select(session => session.Id)];

    /// <summary>
    /// Lets go of permits that are claimed by a session which holds none and was granted nothing for a while: the next activation would take
    /// them for held. True: there were some, and a write is due.
    /// </summary>
    public bool TryGiveUpPermits(string session, long now)
    {
        var book = SessionOf(session);
        if (!HasBegun || book.PermitsHeld > 0 || book.PermitsClaimed == 0 || now - book.LastGrantAt < QuotaRules.PermitsKept)
        {
            return false;
        }

        book.PermitsClaimed = 0;
        return true;
    }

    public void Lose(IEnumerable<string> sessions)
    {
        foreach (var id in sessions)
        {
            SessionOf(id).Lose();
        }
    }

    public ImmutableArray<WindowState> States(long now) => [.. _limits.Rules.Select(rule => StateOf(rule, now))];

    /// <summary>Windows whose soft share is used, each once in its time.</summary>
    public IReadOnlyList<WindowState> TakeWarnings(long now)
    {
        List<WindowState>? due = null;
        foreach (var rule in _limits.Rules)
        {
            if (WarningBook.Warns(rule) && !_warnings.IsTold(rule, now) && StateOf(rule, now) is var state && _warnings.TryTell(rule, state, now))
            {
                (due ??= []).Add(state);
            }
        }

        return due ?? [];
    }

    /// <summary>As it would be after a call with these limits.</summary>
    public QuotaDescription Describe(SubjectLimits limits, DateTimeOffset activatedAt, long now)
    {
        var shown = limits.Version > (_limits.Limits?.Version ?? long.MinValue) ? new LimitBook(limits) : _limits;
        return new QuotaDescription
        {
            Windows = [.. shown.Rules.Select(rule => StateOf(rule, now))],
            Concurrency = shown.Concurrency,
            PermitsOut = _permits.Held,
            Sessions =
            [
                .. from session in _sessions.Values
                   let reserved = session.Reserved(now)
                   where session.PermitsHeld > 0 || reserved.Length > 0
                   orderby session.Id
                   select new SessionHolding { Session = session.Id, Permits = session.PermitsHeld, Reserved = reserved },
            ],
            Epoch = Epoch,
            ActivatedAt = activatedAt,
        };
    }

    private static LimitRefusal ConcurrencyRefusal(long now) => new() { Kind = RefusalKind.Concurrency, RetryAt = At(now + 1_000) };

    // What never fits, then what is free last, then what is used up.
    private static (bool, DateTimeOffset?, bool) Severity(LimitRefusal? refusal) =>
        (refusal!.Kind == RefusalKind.NeverFits, refusal.RetryAt, refusal.Kind == RefusalKind.Exhausted);

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private SessionBook SessionOf(string id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            _sessions.Add(id, session = new SessionBook(id));
        }

        return session;
    }

    private WindowSlot SlotOf(WindowRule rule, long now)
    {
        if (rule.IsCalendar)
        {
            var open = _calendars.At(rule, now, last => _ledger.Count(rule.Id, new WindowSlot(last.Begin, last.End, 0, null, null), now).Taken);

            // What was left over counts only as far as the limits in force let it.
            var rolledOver = rule.Window.RollsOver ? Math.Min(open.RolledOver, rule.Window.Limit) : 0;
            return new WindowSlot(open.Begin, open.End, rule.LimitAt(now) + rolledOver, null, _calendars.IsOpen(open) ? null : open);
        }

        var slot = rule.SlotAt(now);
        return new WindowSlot(slot, slot + rule.SlotSpan, rule.LimitAt(now), rule.SlotSpan, null);
    }

    private WindowShare ShareOf(WindowWish wish, long now)
    {
        if (_limits.Find(wish.WindowId) is not { } rule)
        {
            // The newest limits do not have it any more: there is nothing to count.
            return new WindowShare(wish, null, null, wish.Desired, true, null);
        }

        if (rule.IsRate)
        {
            return _rates.ShareOf(rule, wish, now);
        }

        var slot = SlotOf(rule, now);
        if (!_budgets.HasBegun(rule))
        {
            return new WindowShare(wish, rule, slot, 0, false, null);
        }

        var count = _ledger.Count(rule.Id, slot, now);
        var free = slot.Limit - count.Taken;
        if (wish.Minimum > free)
        {
            return new WindowShare(wish, rule, slot, 0, false, WindowRefusal(rule, slot, wish.Minimum, count, now));
        }

        var claimed = ClaimedLeft(rule.Id, slot);
        return new WindowShare(wish, rule, slot, Math.Min(rule.Share(wish, slot.Limit, free), Math.Max(wish.Minimum, claimed)), claimed >= wish.Minimum, null);
    }

    private long ClaimedLeft(string windowId, WindowSlot slot) =>
        _ledger.Current?.Find(windowId, slot.Period) is { } period ? period.Claimed - period.Held : 0;

    private LimitRefusal WindowRefusal(WindowRule rule, WindowSlot slot, long amount, WindowCount count, long now)
    {
        if (amount > slot.Limit)
        {
            return new LimitRefusal { Kind = RefusalKind.NeverFits, WindowId = rule.Id };
        }

        var freeAt = rule.IsCalendar ? slot.FreeAt : _ledger.FreeAt(rule.Id, slot, amount, rule.LimitAt, now);
        var used = rule.IsUsedWhenGranted(slot.Limit) ? count.Granted : count.Used;
        return used + amount > slot.Limit
            ? new LimitRefusal { Kind = RefusalKind.Exhausted, WindowId = rule.Id, RetryAt = At(freeAt), Left = Math.Max(0, slot.Limit - used) }
            : new LimitRefusal { Kind = RefusalKind.Reserved, WindowId = rule.Id, RetryAt = At(Math.Min(freeAt, now + 1_000)) };
    }

    private AcquireAnswer Grant(SessionBook session, AcquireCall call, List<WindowShare> shares, int permits, long now)
    {
        var units = ImmutableArray.CreateBuilder<GrantedUnits>(shares.Count);
        var grants = ImmutableArray.CreateBuilder<WindowGrant>(shares.Count);
        foreach (var share in shares)
        {
            grants.Add(new WindowGrant { WindowId = share.Wish.WindowId, Amount = share.Amount, Period = share.Slot?.Period ?? WindowGrant.Uncounted });
            if (share.Slot is { } slot)
            {
                units.Add(new GrantedUnits(share.Wish.WindowId, _ledger.Current!.Get(share.Wish.WindowId, slot.Period, slot.FreeAt), share.Amount));
            }
            else if (share.Rule is { } rate)
            {
                _rates.Take(rate, share.Amount, now);
            }
        }

        var grant = new CallGrant(Epoch, now, grants.MoveToImmutable(), units.ToImmutable(), permits);
        session.Add(call.CallNumber, grant);
        return Granted(grant, now);
    }

    private AcquireAnswer Granted(CallGrant grant, long now) => new()
    {
        Epoch = grant.Epoch,
        Grants = grant.Grants,
        Permits = grant.PermitsGranted,
        LeaseMilliseconds = (int)Math.Clamp(grant.GrantedAt + QuotaRules.Lease - now, 0, QuotaRules.Lease),
        Windows = States(now),
        AnsweredAt = At(now),
    };

    private AcquireAnswer Refused(LimitRefusal refusal, long now) => new() { Epoch = Epoch, Refusal = refusal, Windows = States(now), AnsweredAt = At(now) };

    private WindowState StateOf(WindowRule rule, long now)
    {
        if (rule.IsRate)
        {
            return _rates.StateOf(rule, now);
        }

        var slot = SlotOf(rule, now);
        var count = _ledger.Count(rule.Id, slot, now);
        return new WindowState
        {
            WindowId = rule.Id,
            Limit = slot.Limit,
            Used = count.Used,
            Reserved = count.Reserved,
            ResetsAt = At(rule.IsCalendar ? slot.FreeAt : count.FreeAt),
        };
    }
}
