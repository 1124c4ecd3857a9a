namespace Orleans.Runtime.Transport;

/// <summary>Lets one line through in ten seconds, so that a stranger who tries again and again does not fill the log.</summary>
internal sealed class LogLimit(TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private long _last;

    public bool Allows()
    {
        var last = Interlocked.Read(ref _last);
        return (last == 0 || clock.GetElapsedTime(last) >= Period) && Interlocked.CompareExchange(ref _last, clock.GetTimestamp(), last) == last;
    }
}
