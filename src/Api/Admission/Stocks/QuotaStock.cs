using System.Collections.Immutable;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Cluster;

namespace Gateway.Api.Admission.Stocks;

/// <summary>
/// What this node holds of one subject or account. Requests take from it without a call while its leases last:
/// (1) enough is in stock: taken at once;
/// (2) the grain has just refused as much: refused at once;
/// (3) else the request waits for one call, which asks for what it needs and what the requests to come will need; whoever comes meanwhile
/// waits for the same call. What is in stock goes back with the call, so that the grain decides over all that there is;
/// (4) while requests keep coming and no window is more than half taken, a stock that is nearly empty is filled up beside them;
/// (5) a call that is not answered is repeated under its number; in the end the request is told that nobody answers.
/// Settled use is reported as totals, with the next call or a moment later; a stock that lies idle goes back.
/// One call to the grain is under way at a time, so that totals never overtake each other.
/// </summary>
internal sealed partial class QuotaStock
{
    private readonly Lock _gate = new();
    private readonly IQuotaOwner _owner;
    private readonly NodeSession _session;
    private readonly GrainCallCounts _calls;
    private readonly TimeProvider _time;
    private readonly Action<QuotaStock> _wake;
    private readonly PeriodCounts _counts = new();
    private readonly PermitStock _permits = new();
    private readonly List<StockWaiter> _waiters = [];
    private readonly RefusalMemory _refused;
    private SubjectLimits? _limits;
    private UnitStock[] _windows = [];
    private ArrivalRate _arrivals;
    private string _sessionId;
    private long _epoch;
    private long _callsDone;
    private long _lastTakenAt;
    private long? _newsSince;
    private bool _gaveBackSinceReport;
    private bool _isCalling;
    private bool _isAwake;
    private bool _isRetired;

    /// <param name="wake">Called when something must be reported or watched; ticks follow until <see cref="TickAsync"/> says that it rests.</param>
    public QuotaStock(string key, string chargeName, IQuotaOwner owner, NodeSession session, GrainCallCounts calls, TimeProvider time, Action<QuotaStock> wake)
    {
        Key = key;
        ChargeName = chargeName;
        (_owner, _session, _calls, _time, _wake) = (owner, session, calls, time, wake);
        _refused = new RefusalMemory(time);
        _sessionId = session.Id;
        _lastTakenAt = time.GetTimestamp();
    }

    /// <summary>Grain key.</summary>
    public string Key { get; }

    /// <summary>As the journal names it.</summary>
    public string ChargeName { get; }

    public bool IsRetired => Volatile.Read(ref _isRetired);

    /// <summary>Raised when a permit came back, on any thread.</summary>
    public event Action? PermitReturned;

    private long Now => _time.GetTimestamp();

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The grain has refused somebody a short while ago. Costs no lock.</summary>
    public bool HasRefusedLately => _refused.IsYoungerThan(StockRules.RefusalExpectedFor);

    /// <summary>Completes synchronously while there is enough in stock.</summary>
    public ValueTask<StockOutcome> TakeAsync(SubjectLimits limits, in AdmissionEstimate estimate, StockParts parts, CancellationToken cancellationToken)
    {
        StockWaiter waiter;
        lock (_gate)
        {
            if (_isRetired)
            {
                return new(new StockOutcome(StockResult.Retired));
            }

            if (!_session.IsAlive)
            {
                return new(new StockOutcome(StockResult.Unavailable));
            }

            var now = Now;
            Follow(limits);
            parts = _limits!.Concurrency is null ? parts & ~StockParts.Permit : parts;
            NoteArrival(estimate, parts, now);
            if (_waiters.Count == 0 && TryTake(estimate, parts, needsAll: true, now) is { } reservation)
            {
                RefillIfLow(now);
                return new(new StockOutcome(StockResult.Granted, reservation));
            }

            if (_refused.Applies(_limits, estimate, parts))
            {
                return new(_refused.Outcome);
            }

            var patience = IsInOutage(now) ? StockRules.PatienceInOutage : StockRules.Patience;
            waiter = new StockWaiter(_limits, estimate, parts, now, now + Ticks(patience));
            _waiters.Add(waiter);
            Awake();
            if (!_isCalling)
            {
                _isCalling = true;
                _ = PumpAsync();
            }
        }

        return new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>What the window has left by the grain's last word and what is in stock here; null: nothing is known.</summary>
    public bool TryDescribe(string windowId, out WindowState? state, out long remaining, out TimeSpan resetsIn)
    {
        lock (_gate)
        {
            foreach (var window in _windows)
            {
                if (window.Limit.Id == windowId && window.State is { } told)
                {
                    state = told;
                    remaining = Math.Clamp(told.Limit - told.Used - told.Reserved + window.Available, 0, told.Limit);
                    resetsIn = _time.GetElapsedTime(Now, window.ResetsAt);
                    return true;
                }
            }
        }

        (state, remaining, resetsIn) = (null, 0, default);
        return false;
    }

    /// <summary>What the owner says itself.</summary>
    public Task<QuotaDescription> DescribeAsync(SubjectLimits limits) => _owner.DescribeAsync(limits);

    public void Release(StockReservation reservation)
    {
        bool returned;
        lock (_gate)
        {
            if (reservation.IsEnded)
            {
                return;
            }

            var now = Now;
            reservation.IsEnded = true;
            foreach (ref var part in reservation.Parts)
            {
                part.Count.InFlight -= part.Amount;
                part.Count.IsNews = true;
                if (part.Stock.IsKept && reservation.LeaseEnd > now && IsCurrent(reservation, part))
                {
                    part.Stock.Add(part.Count, part.Amount, reservation.LeaseEnd);
                }
                else
                {
                    GaveBack(part.Stock.IsKept);
                }
            }

            returned = End(reservation, now);
        }

        Tell(returned);
    }

    public void Settle(StockReservation reservation, in ActualUse actual)
    {
        bool returned;
        lock (_gate)
        {
            if (reservation.IsEnded)
            {
                return;
            }

            reservation.IsEnded = true;
            var parts = reservation.Parts;
            for (var index = 0; index < parts.Length; index++)
            {
                ref var part = ref parts[index];
                var isLastOfWindow = index + 1 == parts.Length || parts[index + 1].Count.WindowId != part.Count.WindowId;
                var left = actual.Of(part.Count.Window.Unit) - UsedBefore(parts[..index], part.Count.WindowId);
                part.Used = isLastOfWindow ? Math.Max(0, left) : Math.Clamp(left, 0, part.Amount);
                part.Count.InFlight -= part.Amount;
                part.Count.Used = Arithmetic.Add(part.Count.Used, part.Used);
                part.Count.IsNews = true;
            }

            returned = End(reservation, Now);
        }

        Tell(returned);
    }

    /// <summary>Lowers what is reserved of each hard window to what the request can take now; the rest goes back to the stock.</summary>
    public void Shrink(StockReservation reservation, in AdmissionEstimate estimate)
    {
        lock (_gate)
        {
            var parts = reservation.Parts;
            for (var index = parts.Length - 1; index >= 0 && !reservation.IsEnded; index--)
            {
                ref var part = ref parts[index];
                var window = part.Stock.Limit;
                if (!window.IsHard || window.Unit == LimitUnit.Requests)
                {
                    continue;
                }

                var surplus = Math.Min(part.Amount, ReservedOf(parts, window.Id) - estimate.For(window).Desired);
                if (surplus > 0)
                {
                    part.Amount -= surplus;
                    part.Count.InFlight -= surplus;
                    part.Count.IsNews = true;
                    if (part.Stock.IsKept && reservation.LeaseEnd > Now && IsCurrent(reservation, part))
                    {
                        part.Stock.Add(part.Count, surplus, reservation.LeaseEnd);
                    }
                    else
                    {
                        GaveBack(part.Stock.IsKept);
                    }
                }
            }

            NoteNews();
        }
    }

    private static long UsedBefore(Span<ReservedPart> parts, string windowId)
    {
        var used = 0L;
        foreach (var part in parts)
        {
            used += part.Count.WindowId == windowId ? part.Used : 0;
        }

        return used;
    }

    private static long ReservedOf(Span<ReservedPart> parts, string windowId)
    {
        var reserved = 0L;
        foreach (var part in parts)
        {
            reserved += part.Count.WindowId == windowId ? part.Amount : 0;
        }

        return reserved;
    }

    private bool IsCurrent(StockReservation reservation, in ReservedPart part) => reservation.SessionId == _session.Id && Array.IndexOf(_windows, part.Stock) >= 0;

    private bool End(StockReservation reservation, long now)
    {
        if (reservation.PermitLeaseEnd is { } leaseEnd && reservation.SessionId == _sessionId)
        {
            GaveBack(_permits.GiveBack(leaseEnd, now));
        }

        _refused.ForgetReservations();
        NoteNews();
        return reservation.PermitLeaseEnd is not null;
    }

    /// <summary>The grain may grant what it did not have when it last refused.</summary>
    private void GaveBack(bool something)
    {
        if (something)
        {
            _refused.Forget();
            _gaveBackSinceReport = true;
        }
    }

    private void Tell(bool permitReturned)
    {
        if (permitReturned)
        {
            PermitReturned?.Invoke();
        }
    }

    private void NoteNews()
    {
        _newsSince ??= Now;
        Awake();
    }

    private void Awake()
    {
        if (!_isAwake)
        {
            _isAwake = true;
            _wake(this);
        }
    }

    /// <summary>Goes by the newest limits; windows that are still there keep their stock.</summary>
    private void Follow(SubjectLimits limits)
    {
        FollowSession();
        if (_limits is not null && limits.Version <= _limits.Version)
        {
            return;
        }

        _refused.Forget();
        var before = _windows;
        _windows = [.. limits.Windows.Select(limit =>
        {
            var known = before.FirstOrDefault(window => window.Limit.Id == limit.Id);
            if (known is null)
            {
                return new UnitStock(limit);
            }

            known.Limit = limit;
            return known;
        })];
        foreach (var gone in before.Except(_windows))
        {
            gone.DropAll();
        }

        _limits = limits;
    }

    // What the session before held is the journal's to tell: requests that began under it end with their own counts.
    private void FollowSession()
    {
        if (_sessionId == _session.Id)
        {
            return;
        }

        _sessionId = _session.Id;
        _counts.Clear();
        _permits.Clear();
        _hadPermits = false;
        _windows = [.. _windows.Select(window => new UnitStock(window.Limit) { State = window.State, ResetsAt = window.ResetsAt })];
        (_callsDone, _epoch) = (0, 0);
        _newsSince = null;
    }

    private void NoteArrival(in AdmissionEstimate estimate, StockParts parts, long now)
    {
        _arrivals.Note(now, _time.TimestampFrequency);
        _lastTakenAt = now;
        if (parts.HasFlag(StockParts.Units))
        {
            foreach (var window in _windows)
            {
                window.NoteNeed(estimate.For(window.Limit).Desired);
            }
        }
    }

    /// <summary>All that is needed, or null and nothing.</summary>
    /// <param name="needsAll">False: what is there will do if it is the minimum at least.</param>
    private StockReservation? TryTake(in AdmissionEstimate estimate, StockParts parts, bool needsAll, long now)
    {
        var takesUnits = parts.HasFlag(StockParts.Units);
        var takesPermit = parts.HasFlag(StockParts.Permit);
        var expected = 0;
        if (takesUnits)
        {
            foreach (var window in _windows)
            {
                GaveBack(window.DropExpired(now));
                var need = estimate.For(window.Limit);
                expected += need.Desired > 0 ? 1 : 0;
                if (window.Available < (needsAll ? need.Desired : need.Minimum))
                {
                    return null;
                }
            }
        }

        if (takesPermit)
        {
            GaveBack(_permits.DropExpired(now));
            if (_permits.Available == 0)
            {
                return null;
            }
        }

        var taken = new ReservedParts(expected);
        var leaseEnd = long.MaxValue;
        if (takesUnits)
        {
            foreach (var window in _windows)
            {
                leaseEnd = Math.Min(leaseEnd, window.Take(Math.Min(window.Available, estimate.For(window.Limit).Desired), ref taken));
            }
        }

        long? permitLeaseEnd = takesPermit ? _permits.Take() : null;
        return new StockReservation(this, _sessionId, taken, Math.Min(leaseEnd, permitLeaseEnd ?? long.MaxValue), permitLeaseEnd);
    }

    private async Task<StockOutcome> WaitAsync(StockWaiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Outcome.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            bool isMine;
            lock (_gate)
            {
                isMine = _waiters.Remove(waiter);
            }

            if (!isMine)
            {
                (await waiter.Outcome).Reservation?.Release();
            }

            throw;
        }
    }
}
