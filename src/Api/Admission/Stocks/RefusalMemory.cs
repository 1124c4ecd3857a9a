using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>The grain's last refusal, for a moment. Guarded by its stock, but for <see cref="IsYoungerThan"/>.</summary>
internal sealed class RefusalMemory(TimeProvider time)
{
    private const long Never = long.MinValue;

    private LimitRefusal? _refusal;
    private WindowLimit? _window;
    private long _need;
    private long _limitsVersion;
    private long _at = Never;

    public void Keep(LimitRefusal refusal, WindowLimit? window, long need, long limitsVersion)
    {
        (_refusal, _window, _need, _limitsVersion) = (refusal, window, need, limitsVersion);
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
    public bool Applies(SubjectLimits limits, in AdmissionEstimate estimate, StockParts parts, out LimitRefusal? refusal, out WindowLimit? window)
    {
        (refusal, window) = (_refusal, _window);
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
