using System.Runtime.InteropServices;

namespace Gateway.Api.Usage.Metering;

/// <summary>The counts of a <c>usage</c> object as they stand there; null: absent, or no count.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct UsageCounts
{
    /// <summary>A larger number is no count of one answer, but a mistake of whoever wrote it.</summary>
    public const long Largest = 1_000_000_000;

    public long? Input { get; init; }

    public long? Output { get; init; }

    public long? Total { get; init; }

    public long? CachedInput { get; init; }

    public long? CacheWrite { get; init; }

    public long? Reasoning { get; init; }

    public long? AudioInput { get; init; }

    public long? AudioOutput { get; init; }

    /// <summary>Anthropic's own shape: cached and cache-writing tokens are not part of <see cref="Input"/>.</summary>
    public bool CachesStandBeside { get; init; }

    /// <summary>False: nothing was counted. A row of zeros says as little as none.</summary>
    public bool SaySomething => Input > 0 || Output > 0 || Total > 0;

    /// <summary>What records say, whose sums no caller may bring to overflow.</summary>
    public static long Bounded(long count) => Math.Clamp(count, 0, Largest);

    /// <summary>
    /// Of several usages of one stream: the largest of each kind. Providers that report as they go report totals so far, and those
    /// that report input first and output last leave the other one out; none of them means a sum.
    /// </summary>
    public static UsageCounts Latest(UsageCounts a, UsageCounts b) => new()
    {
        Input = Larger(a.Input, b.Input),
        Output = Larger(a.Output, b.Output),
        Total = Larger(a.Total, b.Total),
        CachedInput = Larger(a.CachedInput, b.CachedInput),
        CacheWrite = Larger(a.CacheWrite, b.CacheWrite),
        Reasoning = Larger(a.Reasoning, b.Reasoning),
        AudioInput = Larger(a.AudioInput, b.AudioInput),
        AudioOutput = Larger(a.AudioOutput, b.AudioOutput),
        CachesStandBeside = a.CachesStandBeside || b.CachesStandBeside,
    };

    private static long? Larger(long? a, long? b) => b is null || a > b ? a : b;
}
