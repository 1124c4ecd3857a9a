namespace Gateway.Api.Routing.Retries;

/// <summary>Counts events of the last seconds in slots of one second, without a lock.</summary>
/// <remarks>
/// A slot is one word that holds its second and its count, so that one compare-and-swap both counts and retires an old
/// slot. Writers are spread over stripes by processor; only a reader visits all of them.
/// </remarks>
public sealed class SlidingCounter
{
    private const int CountBits = 24;
    private const long CountMask = (1L << CountBits) - 1;

    private readonly TimeProvider time;
    private readonly int seconds;
    private readonly long[][] stripes;

    /// <param name="seconds">The longest window that can be asked for.</param>
    /// <param name="stripes">A power of two.</param>
    public SlidingCounter(int seconds, int stripes, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.IsPow2(stripes), true);
        this.time = time;
        this.seconds = seconds;
        this.stripes = new long[stripes][];
        for (var i = 0; i < stripes; i++)
        {
            this.stripes[i] = new long[seconds];
        }
    }

    public void Add()
    {
        var stripe = stripes.Length == 1 ? stripes[0] : stripes[Thread.GetCurrentProcessorId() & (stripes.Length - 1)];
        var second = CurrentSecond();
        ref var slot = ref stripe[second % seconds];
        while (true)
        {
            var seen = Volatile.Read(ref slot);
            var sameSecond = seen >> CountBits == second;
            if (sameSecond && (seen & CountMask) == CountMask)
            {
                return;
            }

            var next = sameSecond ? seen + 1 : (second << CountBits) | 1;
            if (Interlocked.CompareExchange(ref slot, next, seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>Events of the current second and the <paramref name="window"/> − 1 before it.</summary>
    public long Sum(int window)
    {
        var newest = CurrentSecond();
        var oldest = newest - Math.Min(window, seconds) + 1;
        var sum = 0L;
        foreach (var stripe in stripes)
        {
            for (var i = 0; i < stripe.Length; i++)
            {
                var slot = Volatile.Read(ref stripe[i]);
                var second = slot >> CountBits;
                if (second >= oldest && second <= newest)
                {
                    sum += slot & CountMask;
                }
            }
        }

        return sum;
    }

    /// <summary>From 1, so that a slot never written is older than every window.</summary>
    private long CurrentSecond() => (time.GetTimestamp() / time.TimestampFrequency) + seconds;
}
