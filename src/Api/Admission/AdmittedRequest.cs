using System.Runtime.CompilerServices;
using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission.Accounts;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Routing;

namespace Gateway.Api.Admission;

/// <summary>A request that was let in, and all that it holds. Used by one request; not thread-safe.</summary>
public sealed class AdmittedRequest : IDisposable
{
    // Leases of other subjects, and of the account, can end while one is taken anew.
    private const int MostRenewals = 3;

    private readonly AdmissionController _controller;
    private readonly StockReservation?[] _held;
    private StockReservation? _permit;
    private AccountLane? _permitLane;
    private AccountLane? _attemptLane;
    private bool _hasBegun;
    private bool _isSettled;

    internal AdmittedRequest(AdmissionController controller, CallerLimits limits, in AdmissionEstimate estimate, StockReservation? permit, AccountLane? permitLane)
    {
        _controller = controller;
        Limits = limits;
        Estimate = estimate;
        _held = limits.Counted.IsEmpty ? [] : new StockReservation?[limits.Counted.Length];
        (_permit, _permitLane) = (permit, permitLane);
        OutputCap = limits.MaxOutputTokens;
    }

    /// <summary>Output tokens of each choice that the upstream must be told as its maximum, unless the request says less; null: as the request says.</summary>
    public long? OutputCap { get; private set; }

    internal CallerLimits Limits { get; }

    internal AdmissionEstimate Estimate { get; private set; }

    /// <summary>
    /// Call just before each upstream call. The first one also makes sure that what the request holds may still be begun with. A failover
    /// takes the permit of its account without waiting.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptOutcome> TryTakeAttemptAsync(RouteCandidate candidate, CancellationToken cancellationToken)
    {
        var lane = _controller.Accounts.Find(candidate);
        var permit = TakePermit(lane);
        for (var tries = 0; tries < MostRenewals; tries++)
        {
            var attempt = lane is null ? AttemptAdmission.Free : null;
            if (lane is not null)
            {
                (attempt, var refused) = await TakeAccountAsync(lane, permit, cancellationToken);
                if (attempt is null)
                {
                    return refused;
                }
            }

            GatewayError? error = LimitErrors.Unavailable();
            try
            {
                error = _hasBegun ? null : await EnsureCurrentAsync(cancellationToken);
            }
            finally
            {
                if (error is not null)
                {
                    attempt!.Dispose();
                }
            }

            if (error is not null)
            {
                return new AttemptOutcome(null, error, null);
            }

            if (attempt!.LeaseEnd > _controller.Time.GetTimestamp())
            {
                (_hasBegun, _attemptLane) = (true, lane);
                return new AttemptOutcome(attempt, null, null);
            }

            permit = attempt.Undo();
        }

        permit?.Release();
        return new AttemptOutcome(null, LimitErrors.Unavailable(), null);
    }

    /// <summary>
    /// An attempt has failed. Its permit stays with the request: another attempt at the same account, with an older key or at another entry of
    /// it, would be refused where others wait.
    /// </summary>
    public void KeepPermit(AttemptAdmission failed)
    {
        if (failed.TakePermit() is { } permit)
        {
            _permit?.Release();
            (_permit, _permitLane) = (permit, _attemptLane);
        }
    }

    /// <summary>What the request took in the end, of all its attempts. Only the first call counts.</summary>
    public void Settle(in ActualUse actual)
    {
        if (_isSettled)
        {
            return;
        }

        _isSettled = true;
        foreach (var reservation in _held)
        {
            if (actual == ActualUse.None)
            {
                reservation?.Release();
            }
            else
            {
                reservation?.Settle(actual);
            }
        }
    }

    /// <summary>For the journal: what is reserved, or used once it is settled.</summary>
    public void AddCharges(ICollection<Charge> charges)
    {
        foreach (var reservation in _held)
        {
            reservation?.AddCharges(charges);
        }
    }

    /// <summary>Gives back what was neither settled nor given to an attempt. A request that has begun settles first.</summary>
    public void Dispose()
    {
        _isSettled = true;
        _permit?.Release();
        _permit = null;
        foreach (var reservation in _held)
        {
            reservation?.Release();
        }
    }

    internal bool Holds(int index) => _held[index] is not null;

    internal void Take(int index, StockReservation reservation) => _held[index] = reservation;

    /// <summary>Where hard windows granted less than the most that the request may take, its output is capped at what all of them pay for.</summary>
    internal void FitOutput()
    {
        if (!Limits.NeedsBounds || Estimate.OutputTokens is not { } wanted)
        {
            return;
        }

        var affordable = wanted;
        foreach (var reservation in _held)
        {
            affordable = reservation is null ? affordable : Math.Min(affordable, reservation.AffordableOutput(Estimate));
        }

        var cap = affordable / Estimate.ChoicesOrOne;
        OutputCap = cap;
        if (affordable < wanted)
        {
            Estimate = Estimate.WithCap(cap);
            foreach (var reservation in _held)
            {
                reservation?.Shrink(Estimate);
            }
        }
    }

    /// <summary>The one that the request was let in with, if it is the account's and no attempt has it.</summary>
    private StockReservation? TakePermit(AccountLane? lane)
    {
        if (_permitLane != lane && _hasBegun)
        {
            // That of a failed attempt, which goes on elsewhere.
            _permit?.Release();
            _permit = null;
        }

        if (lane is null || _permitLane != lane)
        {
            return null;
        }

        var permit = _permit;
        _permit = null;
        return permit;
    }

    private async ValueTask<(AttemptAdmission? Attempt, AttemptOutcome Refused)> TakeAccountAsync(AccountLane lane, StockReservation? permit, CancellationToken cancellationToken)
    {
        // It was this request's turn, and stays so.
        var hadTurn = permit is not null;
        if (permit?.LeaseEnd <= _controller.Time.GetTimestamp())
        {
            permit.Release();
            permit = null;
        }

        if (permit is null && lane.Limits.Concurrency is not null)
        {
            (permit, var error) = await _controller.Permits.TryTakeAsync(lane, hadTurn, cancellationToken);
            if (permit is null)
            {
                return (null, new AttemptOutcome(null, error, error is null ? TimeSpan.FromSeconds(1) : null));
            }
        }

        if (lane.Limits.Windows.IsEmpty)
        {
            return (new AttemptAdmission(permit, null), default);
        }

        var outcome = new StockOutcome(StockResult.Unavailable);
        try
        {
            outcome = await lane.TakeAsync(Estimate, StockParts.Units, cancellationToken);
        }
        finally
        {
            if (outcome.Result != StockResult.Granted && !(outcome.Result == StockResult.Unreachable && _controller.IsOpenOnOutage))
            {
                permit?.Release();
            }
        }

        return outcome.Result switch
        {
            StockResult.Granted => (new AttemptAdmission(permit, outcome.Reservation), default),
            StockResult.Unreachable when _controller.IsOpenOnOutage => (new AttemptAdmission(permit, null), default),
            StockResult.Refused => (null, new AttemptOutcome(null, null, WaitOf(outcome))),
            _ => (null, new AttemptOutcome(null, LimitErrors.Unavailable(), null)),
        };
    }

    private static TimeSpan WaitOf(in StockOutcome refused) => refused.Wait > TimeSpan.FromSeconds(1) ? refused.Wait.Value : TimeSpan.FromSeconds(1);

    /// <summary>Leases that ended while the request waited for something else are taken anew.</summary>
    private ValueTask<GatewayError?> EnsureCurrentAsync(CancellationToken cancellationToken) =>
        ReleaseExpired() ? TakeAnewAsync(cancellationToken) : new((GatewayError?)null);

    private async ValueTask<GatewayError?> TakeAnewAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostRenewals; tries++)
        {
            if (await _controller.TakeSubjectsAsync(this, cancellationToken) is { } error)
            {
                return error;
            }

            FitOutput();
            if (!ReleaseExpired())
            {
                return null;
            }
        }

        return LimitErrors.Unavailable();
    }

    private bool ReleaseExpired()
    {
        var now = _controller.Time.GetTimestamp();
        var any = false;
        for (var index = 0; index < _held.Length; index++)
        {
            if (_held[index] is { } reservation && reservation.LeaseEnd <= now)
            {
                reservation.Release();
                _held[index] = null;
                any = true;
            }
        }

        return any;
    }
}
