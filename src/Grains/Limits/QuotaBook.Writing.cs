using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Claims;
using Gateway.Grains.Limits.Sessions;
using Gateway.Grains.Limits.State;
using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Limits;

/// <summary>What is stored, and when it holds.</summary>
internal sealed partial class QuotaBook
{
    /// <summary>
    /// The state that lets as many of the calls be granted as there is room for:
    /// <list type="number">
    /// <item>calendar windows whose time has come are opened; what is over is forgotten, but of a calendar window only once the next one is stored;</item>
    /// <item>each window's claim grows by what the calls want, a block at least, and never beyond what is free;</item>
    /// <item>where a window has room the next slots are claimed for, too, so that calls that keep coming do not need a write in each of them;
    /// to this activation a claim that nothing is granted from takes no room;</item>
    /// <item>what slots that have ended claimed beyond what is held is given up, as nothing more is granted from them;</item>
    /// <item>permits are claimed for the sessions (<see cref="PermitBook"/>);</item>
    /// <item>what those used that hold nothing and have asked for nothing for a while is settled for good (<see cref="Rest"/>).</item>
    /// </list>
    /// In memory the claims grow only once it is stored (<see cref="Apply"/>).
    /// </summary>
    public PlannedWrite Plan(IReadOnlyList<AcquireCall> calls, long now)
    {
        var slots = _limits.Rules.Where(rule => !rule.IsRate).ToDictionary(rule => rule.Id, rule => SlotOf(rule, now), StringComparer.Ordinal);
        var opened = slots.Values.Select(slot => slot.Opens).OfType<OpenWindow>().ToList();
        Trim(now);
        var present = _ledger.Current ?? new EpochBook(Versions.Next(_lastEpoch, DateTimeOffset.FromUnixTimeMilliseconds(now))) { IsKnown = true };
        var claims = new List<PlannedClaim>();
        foreach (var wishes in calls.SelectMany(call => call.Wishes).GroupBy(wish => wish.WindowId, StringComparer.Ordinal))
        {
            if (slots.TryGetValue(wishes.Key, out var slot))
            {
                var period = present.Get(wishes.Key, slot.Period, slot.FreeAt);
                var rule = _limits.Find(wishes.Key)!;
                var units = Math.Max(period.Claimed, period.Held) + Extra(rule, slot, period, wishes, now);
                claims.Add(new PlannedClaim(wishes.Key, period, units));
                claims.AddRange(ClaimsAhead(rule, slot, present, units - period.Held, now));
            }
        }

        var sessions = calls.Select(call => call.Session).ToHashSet(StringComparer.Ordinal);
        var atRest = Rest(present, sessions, session => session.LastGrantAt is not { } at || now - at >= QuotaRules.RestsAfter);
        var permits = _permits.Plan(calls.Select(call => (SessionOf(call.Session), call)).ToList(), _limits.Concurrency);
        var planned = claims.ToDictionary(claim => claim.Period, claim => claim.Units);
        var state = StateWith(
            _ledger.ToClaims(present, sessions, (id, period) => planned.TryGetValue(period, out var units) ? units : Stored(period, slots.GetValueOrDefault(id)), atRest),
            opened,
            permits,
            present.Epoch,
            now);
        return new PlannedWrite(state, present, sessions, claims, opened, permits, _limits.Limits?.Version);
    }

    public void Apply(PlannedWrite written)
    {
        _ledger.Begin(written.Epoch);
        written.Epoch.Sessions.UnionWith(written.Sessions);
        written.Epoch.AtRest.ExceptWith(written.Sessions);
        foreach (var claim in written.Claims)
        {
            claim.Period.Claimed = claim.Units;
        }

        written.Opened.ForEach(_calendars.Add);
        foreach (var (session, permits) in written.Permits)
        {
            session.PermitsClaimed = permits;
        }

        _hasNewLimits &= written.LimitsVersion != _limits.Limits?.Version;
    }

    /// <summary>What to leave to the next activation: claims of what is held only. Nothing may be granted afterwards. Null: this one wrote nothing.</summary>
    public QuotaState? Close(long now)
    {
        if (!HasBegun)
        {
            return null;
        }

        var epoch = Epoch;
        Trim(now);
        _ledger.Close();
        var permits = _sessions.Values.ToDictionary(session => session, session => session.PermitsHeld);
        HashSet<string> named = [];
        IReadOnlyList<SessionBook> atRest = _ledger.Current is { } present ? Rest(present, named, _ => true) : [];
        return StateWith(_ledger.ToClaims(_ledger.Current, named, (_, period) => period.Held, atRest), [], permits, epoch, now);
    }

    /// <summary>Sessions that are over and were not heard of for long.</summary>
    public void Forget(Func<long, bool> isLongAgo)
    {
        foreach (var session in _sessions.Values.Where(session => (session.HasEnded || session.IsLost) && session.IsEmpty && (session.HeardAt is not { } heard || isLongAgo(heard))).ToList())
        {
            _sessions.Remove(session.Id);
        }
    }

    /// <summary>
    /// Those of the epoch that hold nothing of it. In memory before the write: it may be made also if its outcome stays unknown, and then no row covers
    /// what they would be granted. What they tell is counted as before.
    /// </summary>
    /// <param name="named">Those whom the state names anew; whoever tells all the same that it holds something is added.</param>
    private List<SessionBook> Rest(EpochBook present, HashSet<string> named, Func<SessionBook, bool> isQuiet)
    {
        named.UnionWith(Books(present.AtRest).Where(session => !session.HoldsNothing).Select(session => session.Id));
        foreach (var session in Books(present.Sessions.Except(named, StringComparer.Ordinal)).Where(session => session.HoldsNothing && isQuiet(session)).ToList())
        {
            present.Sessions.Remove(session.Id);
            present.AtRest.Add(session.Id);
        }

        return [.. Books(present.AtRest.Except(named, StringComparer.Ordinal))];

        IEnumerable<SessionBook> Books(IEnumerable<string> ids) => ids.Select(_sessions.GetValueOrDefault).OfType<SessionBook>();
    }

    // Slots that have ended are granted from no more.
    private static long Stored(PeriodBook period, WindowSlot? slot) => period.Period >= slot?.Period ? Math.Max(period.Claimed, period.Held) : period.Held;

    private long Extra(WindowRule rule, WindowSlot slot, PeriodBook period, IEnumerable<WindowWish> wishes, long now)
    {
        var free = Math.Max(0, slot.Limit - _ledger.Count(rule.Id, slot, now).Taken);
        var left = Math.Max(0, period.Claimed - period.Held);
        var wanted = wishes.Where(wish => wish.Minimum <= free).Aggregate(0L, (sum, wish) => Math.Min(free, sum + rule.Share(wish, slot.Limit, free)));
        return wanted <= left ? 0 : Math.Clamp(Math.Max(wanted, rule.Block(slot.Limit)), 0, Math.Max(0, free - left));
    }

    private IEnumerable<PlannedClaim> ClaimsAhead(WindowRule rule, WindowSlot slot, EpochBook present, long units, long now)
    {
        var most = ((slot.Limit / 2) - _ledger.Count(rule.Id, slot, now).Taken - units) / QuotaRules.SlotsAhead;
        for (var place = 1; place <= QuotaRules.SlotsAhead && rule.IsClaimedAhead(slot.Limit) && most > 0; place++)
        {
            var ahead = place * rule.SlotLength;
            var period = present.Get(rule.Id, slot.Period + ahead, slot.FreeAt + ahead);
            yield return new PlannedClaim(rule.Id, period, Math.Max(period.Claimed, Math.Min(most, units)));
        }
    }

    private void Trim(long now)
    {
        _calendars.Trim(id => _limits.Find(id) is not null, now);
        foreach (var session in _sessions.Values)
        {
            if (session.HasEnded)
            {
                _ledger.Settle(session);
            }

            session.Trim(now, _calendars.IsLast);
        }

        _ledger.Learn(HasTold);
        _ledger.Trim(now, _calendars.IsLast);
        _budgets.Trim(id => _limits.Find(id) is not null || _calendars.Knows(id) || _ledger.Knows(id));
    }

    private bool HasTold(string session) => _sessions.GetValueOrDefault(session) is { HasTold: true };

    private QuotaState StateWith(IEnumerable<EpochClaims> epochs, List<OpenWindow> opened, Dictionary<SessionBook, int> permits, long epoch, long now) => new()
    {
        Epoch = epoch,
        Time = now,
        Limits = _limits.Limits,
        Epochs = [.. epochs],
        Calendars = [.. _calendars.Open.Where(open => !opened.Exists(window => window.WindowId == open.WindowId)), .. opened],
        Permits =
        [
            .. from claim in permits
               where claim.Value > 0
               orderby claim.Key.Id
               select new PermitClaim { Session = claim.Key.Id, Permits = claim.Value },
        ],
        Warnings = [.. _warnings.Told(now)],
        Begun = [.. _budgets.Begun],
    };
}
