namespace Gateway.Api.Routing.Balancing;

/// <summary>An estimate of time to first byte that rises at once and falls slowly.</summary>
/// <remarks>
/// 1. The input is the lowest of the last five samples: a pause of the garbage collector, the handshake of a new connection
///    or a moment without a processor says nothing about an endpoint; five slow answers in a row do.
/// 2. An input above the estimate replaces it.
/// 3. A lower input pulls it down with a half-life of 10 s of elapsed time, however many samples that took.
/// Samples that collide on two threads are dropped instead of waited for: this is a statistic.
/// </remarks>
public sealed class PeakEwma(TimeProvider time)
{
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);

    private const int SampleCount = 5;

    private readonly double[] samples = [.. Enumerable.Repeat(double.NaN, SampleCount)];
    private double seconds = double.NaN;
    private int oldest;
    private long observedAt;
    private int busy;

    /// <summary>NaN until five answers were seen.</summary>
    public double Seconds => Volatile.Read(ref seconds);

    public TimeSpan? Estimate => Seconds is var value && double.IsNaN(value) ? null : TimeSpan.FromSeconds(value);

    public void Observe(TimeSpan sample)
    {
        if (Interlocked.Exchange(ref busy, 1) != 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        samples[oldest] = Math.Max(0, sample.TotalSeconds);
        oldest = (oldest + 1) % SampleCount;
        if (Lowest() is var input && !double.IsNaN(input))
        {
            Volatile.Write(ref seconds, Merge(input, time.GetElapsedTime(observedAt, now)));
            observedAt = now;
        }

        Volatile.Write(ref busy, 0);
    }

    // NaN while there are fewer: the smaller of a number and NaN is NaN.
    private double Lowest()
    {
        var lowest = samples[0];
        foreach (var sample in samples)
        {
            lowest = Math.Min(lowest, sample);
        }

        return lowest;
    }

    private double Merge(double input, TimeSpan elapsed)
    {
        if (!(input < seconds))
        {
            return input;
        }

        var kept = double.Exp2(-elapsed.TotalSeconds / HalfLife.TotalSeconds);
        return input + ((seconds - input) * kept);
    }
}
