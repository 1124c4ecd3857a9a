using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>The grain's last refusal, for a moment. Guarded by its stock, but for <see cref="IsYoungerThan"/>.</summary>
internal sealed class RefusalMemory(TimeProvider time)
{
    private const long Never = long.MinValue;

    private LimitRefusal? _refusal;
    private WindowLimit? _window;
    private TimeSpan? _wait;
    private long _need;
    private long _limitsVersion;
    private long _at = Never;

    /// <summary>As the grain said it, with what is left of the wait.</summary>
    public StockOutcome Outcome => new(StockResult.Refused, null, _refusal, _window, _wait - time.GetElapsedTime(_at));

    public void Keep(LimitRefusal refusal, WindowLimit? window, TimeSpan? wait, long need, long limitsVersion)
    {
        (_refusal, _window, _wait, _need, _limitsVersion) = (refusal, window, wait, need, limitsVersion);
        Volatile.Write(ref _at, time.GetTimestamp());
    }

    /// <summary>Also of one that is forgotten.</summary>
    public bool IsYoungerThan(TimeSpan age) => Volatile.Read(ref _at) is not Never and var at && time.GetElapsedTime(at) < age;

    /// <summary>It was said of other limits, or of what this node has since given back.</summary>
    public void Forget() => _refusal = null;

    /// <summary>Something came back here, so that reservations are perhaps not in the way any more.</summary>
    public void ForgetReservations()
    {
        if (_refusal is { Kind: not RefusalKind.Exhausted })
        {
            _refusal = null;
        }
    }

    /// <summary>True: the same or more is asked for, of the same limits.</summary>
    public bool Applies(SubjectLimits limits, in AdmissionEstimate estimate, StockParts parts)
    {
        if (_refusal is null || limits.Version != _limitsVersion || time.GetElapsedTime(_at) > StockRules.RefusalKept)
        {
            _refusal = null;
            return false;
        }

        return _window is null
            ? _refusal.Kind == RefusalKind.Concurrency && parts.HasFlag(StockParts.Permit)
            : parts.HasFlag(StockParts.Units) && estimate.For(_window).Minimum >= _need;
    }
}
