using System.Runtime.InteropServices;
using Gateway.Api.Usage.Pricing;

namespace Gateway.Api.Usage.Estimates;

/// <summary>What a request may use and cost before it is known which of its model's entries serves it: it holds for each of them.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RequestForecast
{
    /// <summary>That the costs are by, and what is used later.</summary>
    public required PricesInForce Prices { get; init; }

    /// <summary>For hard limits.</summary>
    public required RequestBound Bound { get; init; }

    /// <summary>For soft limits.</summary>
    public required UsageGuess Guess { get; init; }

    /// <summary>Of <see cref="Bound"/>; null: nothing bounds the output.</summary>
    public required long? BoundNanoUsd { get; init; }

    /// <summary>Of <see cref="Guess"/>.</summary>
    public required long GuessNanoUsd { get; init; }

    /// <summary>The operator refuses requests without a price, and one of the entries has none.</summary>
    public required bool IsDenied { get; init; }
}
