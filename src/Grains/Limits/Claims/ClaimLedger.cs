using Gateway.Grains.Limits.Sessions;
using Gateway.Grains.Limits.State;
using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Limits.Claims;

/// <summary>
/// The units of all epochs.
/// <list type="number">
/// <item>Epoch 0 holds what is settled for good.</item>
/// <item>An earlier epoch counts with all that it claimed, until every session it may have granted to has told what it used and holds; then
/// with that. Its sessions tell so only after they knew of the present epoch, from when on they take nothing of it any more.</item>
/// <item>Once nothing of it is reserved any more it becomes part of epoch 0.</item>
/// <item>The present epoch counts with what its sessions hold, which is never more than it has claimed (but for use beyond a guess).</item>
/// <item>What those used of it that hold nothing any more is stored as of epoch 0, and their names are not: they may have no reason to speak to
/// the next activation before the window ends.</item>
/// </list>
/// </summary>
internal sealed class ClaimLedger
{
    private readonly EpochBook _settled;
    private readonly List<EpochBook> _earlier = [];

    public ClaimLedger(QuotaState stored)
    {
        _settled = new EpochBook(0) { IsKnown = true };
        foreach (var claims in stored.Epochs)
        {
            var book = EpochBook.From(claims);
            if (book.Epoch == 0)
            {
                _settled.Absorb(book);
            }
            else
            {
                book.IsKnown = book.Sessions.Count == 0;
                _earlier.Add(book);
            }
        }
    }

    /// <summary>Null: this activation has not written yet.</summary>
    public EpochBook? Current { get; private set; }

    public void Begin(EpochBook epoch) => Current = epoch;

    /// <summary>Used for good, before anybody was granted anything.</summary>
    public void Spend(string windowId, long period, long freeAt, long units) => _settled.Get(windowId, period, freeAt).Used += units;

    /// <summary>Something of the window is not free yet.</summary>
    public bool Knows(string windowId) => Books().Any(book => book.In(windowId).Count > 0);

    /// <summary>Null: the session has nothing in it, or what it had is settled for good already.</summary>
    public EpochBook? Find(long epoch, string session) =>
        (Current?.Epoch == epoch ? Current : _earlier.Find(book => book.Epoch == epoch)) is { } book && book.Has(session) ? book : null;

    public WindowCount Count(string windowId, WindowSlot slot, long now)
    {
        var (used, taken, granted, freeAt) = (0L, 0L, 0L, now);
        foreach (var book in Books())
        {
            foreach (var period in book.In(windowId))
            {
                if (slot.Counts(period, book == Current, now) && book.Counted(period) is > 0 and var counted)
                {
                    used += period.Used;
                    taken += counted;
                    granted += period.Held;
                    freeAt = Math.Max(freeAt, slot.FreeAtOf(period));
                }
            }
        }

        return new WindowCount(used, taken - used, granted, freeAt);
    }

    /// <summary>Time was skipped, up to the present moment: what was not free before is free as much later.</summary>
    public void Delay(long milliseconds, long now)
    {
        foreach (var book in Books())
        {
            book.Delay(milliseconds, now - milliseconds + (book == Current ? QuotaRules.ClockDifference : 0));
        }
    }

    /// <summary>When so much is free at the latest, if nobody takes anything.</summary>
    public long FreeAt(string windowId, WindowSlot slot, long amount, Func<long, long> limitAt, long now)
    {
        var taken = Count(windowId, slot, now).Taken;
        var at = now;
        foreach (var (freeAt, units) in Frees(windowId, slot, now).OrderBy(free => free.FreeAt))
        {
            if (taken + amount <= limitAt(at))
            {
                break;
            }

            taken -= units;
            at = freeAt;
        }

        return at;
    }

    /// <summary>An earlier epoch is known once all of its sessions have told.</summary>
    public void Learn(Func<string, bool> hasTold)
    {
        foreach (var book in _earlier)
        {
            book.IsKnown = book.IsKnown || book.Sessions.All(hasTold);
        }
    }

    /// <summary>Forgets what is free again, and moves to epoch 0 what will not change any more.</summary>
    /// <inheritdoc cref="EpochBook.Trim" path="/param"/>
    public void Trim(long now, Func<string, long, bool> isKept)
    {
        foreach (var book in Books())
        {
            book.Trim(now, isKept);
        }

        _earlier.RemoveAll(book => book.IsEmpty);
        foreach (var book in _earlier.Where(book => book.IsKnown && !book.HasReservations).ToList())
        {
            Settle(book);
        }

        while (_earlier.Count > QuotaRules.MaxEpochs)
        {
            Settle(_earlier[0]);
        }
    }

    /// <summary>
    /// A session has ended and told its last: what it used is settled for good, and the rest of what its epochs claimed is left to their other
    /// sessions. Counted is as much as before.
    /// </summary>
    public void Settle(SessionBook ended)
    {
        foreach (var (_, windowId, period, used) in ended.TakeOut().Where(holding => Find(holding.Epoch, ended.Id) is not null))
        {
            _settled.Get(windowId, period.Period, period.FreeAt).Used += used;
            period.Used -= used;
            period.Claimed = Math.Max(0, period.Claimed - used);
        }

        foreach (var book in Books())
        {
            book.Sessions.Remove(ended.Id);
            book.AtRest.Remove(ended.Id);
        }
    }

    /// <summary>The activation ends: what is settled of its epoch need not wait for another to ask.</summary>
    public void Close()
    {
        if (Current is { HasReservations: false } done)
        {
            _settled.Absorb(done);
            Current = null;
        }
    }

    /// <param name="present">This activation's epoch, also if it has not begun; null: it is settled.</param>
    /// <param name="units">What must be stored of its periods.</param>
    /// <param name="atRest">Of its sessions.</param>
    public IEnumerable<EpochClaims> ToClaims(EpochBook? present, IEnumerable<string> newSessions, Func<string, PeriodBook, long> units, IEnumerable<SessionBook> atRest)
    {
        var settled = new EpochBook(0) { IsKnown = true };
        settled.Absorb(_settled);
        var moved = new Dictionary<PeriodBook, long>();
        foreach (var (windowId, period, used) in atRest.SelectMany(session => session.UsedOf(present!.Epoch)))
        {
            settled.Get(windowId, period.Period, period.FreeAt).Used += used;
            moved[period] = moved.GetValueOrDefault(period) + used;
        }

        foreach (var book in _earlier.Prepend(settled).Append(Current).OfType<EpochBook>().Where(book => book != present))
        {
            if (book.ToClaims((_, period) => book.Counted(period), []) is { Windows.IsEmpty: false } claims)
            {
                yield return claims;
            }
        }

        if (present is not null)
        {
            yield return present.ToClaims((id, period) => units(id, period) - moved.GetValueOrDefault(period), newSessions);
        }
    }

    private void Settle(EpochBook book)
    {
        _settled.Absorb(book);
        _earlier.Remove(book);
    }

    private IEnumerable<(long FreeAt, long Units)> Frees(string windowId, WindowSlot slot, long now) =>
        from book in Books()
        from period in book.In(windowId)
        where slot.Counts(period, book == Current, now)
        select (slot.FreeAtOf(period), book.Counted(period));

    private IEnumerable<EpochBook> Books()
    {
        yield return _settled;
        foreach (var book in _earlier)
        {
            yield return book;
        }

        if (Current is not null)
        {
            yield return Current;
        }
    }
}
