namespace Gateway.Grains.Limits.Clock;

/// <summary>
/// Time of one activation in Unix milliseconds. It never goes back: where the silo's clock does, it flows on; where the clock is ahead, it
/// follows, but only when told that the clock is right.
/// </summary>
internal sealed class SteadyTime(TimeProvider time, long floor)
{
    private TimeSpan _at = TimeSpan.FromMilliseconds(floor);
    private long _timestamp = time.GetTimestamp();
    private TimeSpan _skipped;
    private bool _hasFollowed;

    /// <param name="skipped">
    /// Milliseconds that it went on by and that did not pass: the clock was set forward. How much time passed before it followed for the first
    /// time, nobody knows but the clock.
    /// </param>
    public long Follow(out long skipped)
    {
        var before = (long)_skipped.TotalMilliseconds;
        var timestamp = time.GetTimestamp();
        var flown = _at + time.GetElapsedTime(_timestamp, timestamp);
        var wall = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        if (wall > flown && _hasFollowed)
        {
            _skipped += wall - flown;
        }

        _hasFollowed = true;
        (_at, _timestamp) = (wall > flown ? wall : flown, timestamp);
        skipped = (long)_skipped.TotalMilliseconds - before;
        return (long)_at.TotalMilliseconds;
    }

    /// <summary>To look with: changes nothing.</summary>
    public long Peek() => Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), Flow());

    /// <summary>As <see cref="Peek"/>, whatever the clock says.</summary>
    public long Flow() => (long)(_at + time.GetElapsedTime(_timestamp)).TotalMilliseconds;
}
