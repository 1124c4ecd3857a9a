namespace Gateway.Storage.Ledger.Writing;

/// <summary>Sums over a batch, per UTC hour and per UTC day.</summary>
internal sealed class UsageSums
{
    public const long HourMilliseconds = 3_600_000;
    public const long DayMilliseconds = 24 * HourMilliseconds;

    private readonly Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum> _hours = [];
    private readonly Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum> _days = [];

    private UsageSums()
    {
    }

    /// <summary>In the order of their keys.</summary>
    public required IReadOnlyList<UsageSum> Hours { get; init; }

    public required IReadOnlyList<UsageSum> Days { get; init; }

    public static UsageSums Over(IReadOnlyCollection<UsageRecord> records)
    {
        var sums = new UsageSums { Hours = [], Days = [] };
        foreach (var record in records)
        {
            sums.Add(record, UsageDimensions.AllGroups);
            if (record.Groups.IsDefaultOrEmpty)
            {
                sums.Add(record, "");
                continue;
            }

            foreach (var group in record.Groups)
            {
                sums.Add(record, group);
            }
        }

        return new UsageSums { Hours = Ordered(sums._hours), Days = Ordered(sums._days) };
    }

    private void Add(UsageRecord record, string group)
    {
        var at = RecordId.MillisecondsOf(record.Id);
        var dimensions = UsageDimensions.Of(record, group);
        Add(_hours, at - (at % HourMilliseconds), dimensions, record);
        Add(_days, at - (at % DayMilliseconds), dimensions, record);
    }

    private static void Add(Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum> sums, long bucket, UsageDimensions dimensions, UsageRecord record)
    {
        if (!sums.TryGetValue((bucket, dimensions), out var sum))
        {
            sums.Add((bucket, dimensions), sum = new UsageSum(bucket, dimensions));
        }

        sum.Add(record);
    }

    private static UsageSum[] Ordered(Dictionary<(long Bucket, UsageDimensions Dimensions), UsageSum> sums)
    {
        UsageSum[] ordered = [.. sums.Values];
        Array.Sort(ordered, static (a, b) => a.Bucket != b.Bucket ? a.Bucket.CompareTo(b.Bucket) : a.DimensionId.AsSpan().SequenceCompareTo(b.DimensionId));
        return ordered;
    }
}
