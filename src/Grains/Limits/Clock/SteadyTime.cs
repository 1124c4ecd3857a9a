namespace Gateway.Grains.Limits.Clock;

/// <summary>
/// Time of one activation in Unix milliseconds. It never goes back: where the silo's clock does, it flows on; where the clock is ahead, it
/// follows, but only when told that the clock is right.
/// </summary>
internal sealed class SteadyTime(TimeProvider time, long floor)
{
    private long _at = floor;
    private long _timestamp = time.GetTimestamp();

    public long Follow()
    {
        _at = Peek();
        _timestamp = time.GetTimestamp();
        return _at;
    }

    /// <summary>To look with: changes nothing.</summary>
    public long Peek() => Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), _at + (long)time.GetElapsedTime(_timestamp).TotalMilliseconds);
}
