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
        Input += record.Usage.Input;
        CachedInput += record.Usage.CachedInput;
        CacheWrite += record.Usage.CacheWrite;
        Output += record.Usage.Output;
        Reasoning += record.Usage.Reasoning;
        CostNanoUsd += record.CostNanoUsd;
        Partial += record.IsPartial ? 1 : 0;
        Interrupted += record.IsInterrupted ? 1 : 0;
        Estimated += record.IsEstimated ? 1 : 0;
    }

    public void Add(UsageSum other)
    {
        Requests += other.Requests;
        Input += other.Input;
        CachedInput += other.CachedInput;
        CacheWrite += other.CacheWrite;
        Output += other.Output;
        Reasoning += other.Reasoning;
        CostNanoUsd += other.CostNanoUsd;
        Partial += other.Partial;
        Interrupted += other.Interrupted;
        Estimated += other.Estimated;
    }
}
