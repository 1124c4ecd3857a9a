using System.Collections.Immutable;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>What usage can be asked by.</summary>
public enum UsageDimension
{
    User,

    /// <summary>A record counts in each of its groups.</summary>
    Group,
    Project,
    Key,
    Model,
    Endpoint,
    Status,

    /// <summary>Not kept in sums: read from single records, and not together with <see cref="Group"/>.</summary>
    EndUser,

    /// <summary>UTC, as are day and month.</summary>
    Hour,
    Day,
    Month,
}

/// <summary>What rows can be ordered by, largest first.</summary>
public enum UsageMeasure
{
    Cost,
    Requests,
    InputTokens,
    OutputTokens,
    TotalTokens,
}

/// <summary>Sums over records with <c>From ≤ time &lt; To</c>, both whole UTC hours.</summary>
public sealed record UsageQuery(DateTimeOffset From, DateTimeOffset To)
{
    public ImmutableArray<UsageDimension> GroupBy { get; init; } = [];

    /// <summary>All must hold; a value is as it is stored, empty for none.</summary>
    public ImmutableArray<UsageFilter> Filters { get; init; } = [];

    public UsageMeasure OrderBy { get; init; }

    /// <summary>Rows at most.</summary>
    public required int Limit { get; init; }

    public bool Concerns(UsageDimension dimension) => GroupBy.Contains(dimension) || Filters.Any(filter => filter.Dimension == dimension);
}

public sealed record UsageFilter(UsageDimension Dimension, string Value)
{
    /// <summary>Any of these instead, as a JSON array; null: only <see cref="Value"/>.</summary>
    internal string? AnyOf { get; init; }
}

/// <param name="Keys">One for each dimension of the query, as it is stored; a time is the begin of the hour, day or month in RFC 3339.</param>
public sealed record UsageRow(ImmutableArray<string> Keys, UsageTotals Totals);

public sealed record UsageTotals
{
    public long Requests { get; init; }

    public long InputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public long CostNanoUsd { get; init; }

    /// <summary>Requests whose answer ended early.</summary>
    public long Partial { get; init; }

    public long Interrupted { get; init; }

    public long Estimated { get; init; }

    public long TotalTokens => Saturation.Add(InputTokens, OutputTokens);

    public static UsageTotals operator +(UsageTotals a, UsageTotals b) => new()
    {
        Requests = Saturation.Add(a.Requests, b.Requests),
        InputTokens = Saturation.Add(a.InputTokens, b.InputTokens),
        CachedTokens = Saturation.Add(a.CachedTokens, b.CachedTokens),
        CacheWriteTokens = Saturation.Add(a.CacheWriteTokens, b.CacheWriteTokens),
        OutputTokens = Saturation.Add(a.OutputTokens, b.OutputTokens),
        ReasoningTokens = Saturation.Add(a.ReasoningTokens, b.ReasoningTokens),
        CostNanoUsd = Saturation.Add(a.CostNanoUsd, b.CostNanoUsd),
        Partial = Saturation.Add(a.Partial, b.Partial),
        Interrupted = Saturation.Add(a.Interrupted, b.Interrupted),
        Estimated = Saturation.Add(a.Estimated, b.Estimated),
    };

    public static UsageTotals Add(UsageTotals left, UsageTotals right) => left + right;

    public long Of(UsageMeasure measure) => measure switch
    {
        UsageMeasure.Cost => CostNanoUsd,
        UsageMeasure.Requests => Requests,
        UsageMeasure.InputTokens => InputTokens,
        UsageMeasure.OutputTokens => OutputTokens,
        _ => TotalTokens,
    };
}
