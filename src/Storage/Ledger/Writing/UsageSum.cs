namespace Gateway.Storage.Ledger.Writing;

/// <summary>What records of one hour or day with the same dimensions come to.</summary>
internal sealed class UsageSum(long bucket, UsageDimensions dimensions, byte[] dimensionId)
{
    public long Bucket => bucket;

    public UsageDimensions Dimensions => dimensions;

    public byte[] DimensionId => dimensionId;

    public long Requests { get; private set; }

    public long Input { get; private set; }

    public long CachedInput { get; private set; }

    public long CacheWrite { get; private set; }

    public long Output { get; private set; }

    public long Reasoning { get; private set; }

    public long CostNanoUsd { get; private set; }

    public long Partial { get; private set; }

    public long Interrupted { get; private set; }

    public long Estimated { get; private set; }

    public void Add(UsageRecord record)
    {
        Requests++;
        Input = Saturated(Input, record.Usage.Input);
        CachedInput = Saturated(CachedInput, record.Usage.CachedInput);
        CacheWrite = Saturated(CacheWrite, record.Usage.CacheWrite);
        Output = Saturated(Output, record.Usage.Output);
        Reasoning = Saturated(Reasoning, record.Usage.Reasoning);
        CostNanoUsd = Saturated(CostNanoUsd, record.CostNanoUsd);
        Partial += record.IsPartial ? 1 : 0;
        Interrupted += record.IsInterrupted ? 1 : 0;
        Estimated += record.IsEstimated ? 1 : 0;
    }

    public void Add(UsageSum other)
    {
        Requests += other.Requests;
        Input = Saturated(Input, other.Input);
        CachedInput = Saturated(CachedInput, other.CachedInput);
        CacheWrite = Saturated(CacheWrite, other.CacheWrite);
        Output = Saturated(Output, other.Output);
        Reasoning = Saturated(Reasoning, other.Reasoning);
        CostNanoUsd = Saturated(CostNanoUsd, other.CostNanoUsd);
        Partial += other.Partial;
        Interrupted += other.Interrupted;
        Estimated += other.Estimated;
    }

    // None is negative. A sum that cannot be right any more must hold up no others.
    private static long Saturated(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
