namespace Orleans.Runtime.Membership;

/// <summary>
/// For how long this silo has read the table without a gap, while the store's time went on as its own did. When it did not, because that clock
/// was set or this machine slept, or when the silo itself stood still, all heartbeats look old and nobody has had the time for a new one.
/// Not synchronized.
/// </summary>
internal sealed class UnbrokenReading(TimeProvider clock)
{
    /// <summary>More than a slow answer and the pause after it; less than what makes a beating silo look silent.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);

    private long? _since;
    private long _last;
    private long _lastOfStore;

    public TimeSpan Lasts => _since is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <param name="storeTime">Of the store when it was read, in milliseconds.</param>
    public void Note(long storeTime)
    {
        var now = clock.GetTimestamp();
        var own = clock.GetElapsedTime(_last, now);
        var drift = TimeSpan.FromMilliseconds(storeTime - _lastOfStore) - own;
        if (_since is null || own > LongestGap || drift.Duration() > LongestGap)
        {
            _since = now;
        }

        _last = now;
        _lastOfStore = storeTime;
    }

    public void Break() => _since = null;
}
