using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>
/// Calls that nobody waits for. The stock stays in use while one is under way, so that for a moment the node holds twice as much of each
/// window: hence only where there is room. One that fails is not repeated; the next request begins another.
/// </summary>
internal sealed partial class QuotaStock
{
    private long _refillFrom;

    private void RefillIfLow(long now)
    {
        if (!_isCalling && now >= _refillFrom && IsLow(now))
        {
            // Whatever it brings, the next one comes no sooner.
            _refillFrom = now + Ticks(StockRules.RefillBefore);
            _isCalling = true;

            // The call is no part of the request that happened to come now, nor of its trace.
            using (ExecutionContext.SuppressFlow())
            {
                _ = RefillAsync();
            }
        }
    }

    private bool IsLow(long now)
    {
        var rate = _arrivals.PerSecond(now, _time.TimestampFrequency);
        if (rate < StockRules.RefillFrom || !IsRoomy)
        {
            return false;
        }

        var later = now + Ticks(StockRules.RefillBefore);
        var requests = rate * StockRules.RefillBefore.TotalSeconds;
        foreach (var window in _windows)
        {
            if (window.AvailableAt(later) < requests * window.MeanNeed)
            {
                return true;
            }
        }

        return false;
    }

    private async Task RefillAsync()
    {
        // Whoever begins it is a request, and does not wait for it.
        await Task.Yield();
        AcquireCall call;
        lock (_gate)
        {
            call = ComposeRefill();
        }

        var askedAt = Now;
        _calls.CountRequest();
        var answer = await TryCallAsync(() => _owner.AcquireAsync(call));
        lock (_gate)
        {
            TakeIn(call, first: null, answer, askedAt);
            if (call.Session == _sessionId)
            {
                // Also where no answer came: what it may yet grant is not taken any more.
                _callsDone = Math.Max(_callsDone, call.CallNumber);
            }

            _isCalling = _waiters.Count > 0;
            if (!_isCalling)
            {
                return;
            }
        }

        await PumpAsync();
    }

    private AcquireCall ComposeRefill()
    {
        var number = _session.NextNumber();
        var ahead = _arrivals.PerSecond(Now, _time.TimestampFrequency) * StockRules.SecondsAhead;
        var wishes = ImmutableArray.CreateBuilder<WindowWish>();
        foreach (var window in _windows)
        {
            if ((long)Math.Min(ahead * window.MeanNeed, Math.Min(window.Limit.Limit, StockRules.MostUnits)) is > 0 and var desired)
            {
                // Nobody waits for more; 0 would say that this is not known.
                wishes.Add(new WindowWish { WindowId = window.Limit.Id, Minimum = 1, Desired = desired, Waiting = 1 });
            }
        }

        return new AcquireCall { Session = _sessionId, CallNumber = number, Limits = _limits!, Wishes = wishes.ToImmutable(), Report = Report(number - 1) };
    }
}
