using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Prices;

/// <summary>A table of prices as someone wrote it.</summary>
public sealed record PriceDocument
{
    public static PriceDocument Empty { get; } = new() { Version = "none" };

    /// <summary>Names the table in usage records: the document's own <c>version</c> if it has one, and a hash of its text.</summary>
    public required string Version { get; init; }

    /// <summary>Model name, or its beginning and a <c>*</c>, to its prices, oldest first.</summary>
    public ImmutableDictionary<string, ImmutableArray<ModelPrice>> Models { get; init; } = ImmutableDictionary<string, ImmutableArray<ModelPrice>>.Empty;

    /// <summary>Another name of a model to the one in <see cref="Models"/>.</summary>
    public ImmutableDictionary<string, string> Aliases { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>What a model costs from one moment on.</summary>
public sealed record ModelPrice
{
    /// <summary>UTC; until the next one of the same model.</summary>
    public DateTimeOffset EffectiveFrom { get; init; } = DateTimeOffset.MinValue;

    public required TokenRates Rates { get; init; }

    /// <summary>In force for the whole request when its input is larger than <see cref="LongContextAbove"/>; null: none.</summary>
    public TokenRates? LongContext { get; init; }

    /// <summary>Input tokens.</summary>
    public long LongContextAbove { get; init; }

    /// <summary>Of requests sent as a batch; null: as others.</summary>
    public TokenRates? Batch { get; init; }
}

/// <summary>USD per million tokens. Null: as the kind it is a part of, input or output; 0 for input and output themselves.</summary>
public sealed record TokenRates
{
    public decimal? Input { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite { get; init; }

    public decimal? Output { get; init; }

    public decimal? Reasoning { get; init; }

    public decimal? AudioInput { get; init; }

    public decimal? AudioOutput { get; init; }
}
