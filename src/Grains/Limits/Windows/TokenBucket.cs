namespace Gateway.Grains.Limits.Windows;

/// <summary>A rate: so many units a second, at most one second's worth at once. Kept in thousandths of a unit, so that nothing is lost to rounding.</summary>
internal sealed class TokenBucket(long level, long now)
{
    private const int Parts = 1_000;

    private Int128 _level = (Int128)level * Parts;
    private long _at = now;

    public long Level(long rate, long now) => (long)(At(rate, now) / Parts);

    public void Take(long amount, long rate, long now)
    {
        _level = At(rate, now) - ((Int128)amount * Parts);
        _at = now;
    }

    /// <summary>When so much will be there, in Unix milliseconds.</summary>
    public long FullAt(long amount, long rate, long now)
    {
        var missing = ((Int128)amount * Parts) - At(rate, now);
        return missing <= 0 ? now : Math.Max(now, _at) + (long)((missing + rate - 1) / rate);
    }

    // A thousandth of a second brings a thousandth of the rate.
    private Int128 At(long rate, long now) => Int128.Min((Int128)rate * Parts, _level + ((Int128)Math.Max(0, now - _at) * rate));
}
