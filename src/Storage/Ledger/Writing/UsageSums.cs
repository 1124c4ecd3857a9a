namespace Gateway.Storage.Ledger.Writing;

/// <summary>Sums over a batch, per UTC hour and per UTC day.</summary>
internal sealed class UsageSums
{
    public const long HourMilliseconds = 3_600_000;
    public const long DayMilliseconds = 24 * HourMilliseconds;

    private UsageSums()
    {
    }

    /// <summary>In the order of their keys.</summary>
    public required IReadOnlyList<UsageSum> Hours { get; init; }

    public required IReadOnlyList<UsageSum> Days { get; init; }

    public static UsageSums Over(IReadOnlyCollection<UsageRecord> records)
    {
        var hours = new Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum>();
        foreach (var record in records)
        {
            var at = RecordId.MillisecondsOf(record.Id);
            var key = (at - (at % HourMilliseconds), UsageDimensions.Of(record));
            if (!hours.TryGetValue(key, out var sum))
            {
                hours.Add(key, sum = new UsageSum(key.Item1, key.Item2, key.Item2.ComputeId()));
            }

            sum.Add(record);
        }

        var days = new Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum>();
        foreach (var hour in hours.Values)
        {
            var key = (hour.Bucket - (hour.Bucket % DayMilliseconds), hour.Dimensions);
            if (!days.TryGetValue(key, out var sum))
            {
                days.Add(key, sum = new UsageSum(key.Item1, hour.Dimensions, hour.DimensionId));
            }

            sum.Add(hour);
        }

        return new UsageSums { Hours = Ordered(hours), Days = Ordered(days) };
    }

    private static UsageSum[] Ordered(Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum> sums)
    {
        UsageSum[] ordered = [.. sums.Values];
        Array.Sort(ordered, static (a, b) => a.Bucket != b.Bucket ? a.Bucket.CompareTo(b.Bucket) : a.DimensionId.AsSpan().SequenceCompareTo(b.DimensionId));
        return ordered;
    }
}
