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
        Input = Saturation.Add(Input, record.Usage.Input);
        CachedInput = Saturation.Add(CachedInput, record.Usage.CachedInput);
        CacheWrite = Saturation.Add(CacheWrite, record.Usage.CacheWrite);
        Output = Saturation.Add(Output, record.Usage.Output);
        Reasoning = Saturation.Add(Reasoning, record.Usage.Reasoning);
        CostNanoUsd = Saturation.Add(CostNanoUsd, record.CostNanoUsd);
        Partial += record.IsPartial ? 1 : 0;
        Interrupted += record.IsInterrupted ? 1 : 0;
        Estimated += record.IsEstimated ? 1 : 0;
    }

    public void Add(UsageSum other)
    {
        Requests += other.Requests;
        Input = Saturation.Add(Input, other.Input);
        CachedInput = Saturation.Add(CachedInput, other.CachedInput);
        CacheWrite = Saturation.Add(CacheWrite, other.CacheWrite);
        Output = Saturation.Add(Output, other.Output);
        Reasoning = Saturation.Add(Reasoning, other.Reasoning);
        CostNanoUsd = Saturation.Add(CostNanoUsd, other.CostNanoUsd);
        Partial += other.Partial;
        Interrupted += other.Interrupted;
        Estimated += other.Estimated;
    }
}
