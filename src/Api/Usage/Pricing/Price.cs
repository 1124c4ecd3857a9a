using Gateway.Silo.Settings.Prices;

namespace Gateway.Api.Usage.Pricing;

/// <summary>What one model costs at one moment, and how records name that.</summary>
public sealed class Price
{
    /// <summary>Of a model that no table knows.</summary>
    public static readonly Price Unknown = new() { Version = "unknown", Standard = default, IsKnown = false };

    /// <summary>Where the price stands: table and its version, model, date.</summary>
    public required string Version { get; init; }

    public bool IsKnown { get; init; } = true;

    public required Rates Standard { get; init; }

    /// <summary>In force for the whole request when its input is larger than this; null: never.</summary>
    public long? LongContextAbove { get; init; }

    public Rates LongContext { get; init; }

    /// <summary>Of requests sent as a batch.</summary>
    public Rates Batch { get; init; }

    public static Price Of(ModelPrice price, string version)
    {
        var standard = Rates.Of(price.Rates);
        return new Price
        {
            Version = version,
            Standard = standard,
            LongContextAbove = price.LongContext is null ? null : price.LongContextAbove,
            LongContext = price.LongContext is { } larger ? Rates.Of(larger, standard) : standard,
            Batch = price.Batch is { } batch ? Rates.Of(batch, standard) : standard,
        };
    }

    public Rates For(long inputTokens, bool isBatch) =>
        isBatch ? Batch : inputTokens > LongContextAbove ? LongContext : Standard;
}
