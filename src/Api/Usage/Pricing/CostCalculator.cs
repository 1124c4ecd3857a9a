using Gateway.Abstractions.Usage;

namespace Gateway.Api.Usage.Pricing;

/// <summary>Turns tokens into nano-dollars.</summary>
/// <remarks>
/// Whole numbers only: tokens × rate are added up in 128 bits, then divided by a million once and rounded up, so that no request costs
/// less than its price and none more than a nano-dollar above it. What does not fit a long is <see cref="long.MaxValue"/>.
/// </remarks>
public static class CostCalculator
{
    /// <summary>A million USD: more is no cost of one request, but a mistake.</summary>
    public const long Largest = 1_000_000_000_000_000;

    /// <summary>
    /// Each token is charged once: of the input cached, then cache-writing, then audio tokens at their rates and the rest as input; of the
    /// output reasoning, then audio tokens, and the rest as output.
    /// </summary>
    public static long CostOf(TokenUsage usage, Price price, bool isBatch = false)
    {
        var rates = price.For(usage.Input, isBatch);
        var input = Math.Max(0, usage.Input);
        var output = Math.Max(0, usage.Output);
        var sum = Take(ref input, usage.CachedInput, rates.CachedInput)
            + Take(ref input, usage.CacheWrite, rates.CacheWrite)
            + Take(ref input, usage.AudioInput, rates.AudioInput)
            + ((Int128)input * rates.Input)
            + Take(ref output, usage.Reasoning, rates.Reasoning)
            + Take(ref output, usage.AudioOutput, rates.AudioOutput)
            + ((Int128)output * rates.Output);
        return NanoUsd(sum);
    }

    /// <summary>What records say, whose sums no caller may bring to overflow.</summary>
    public static long Bounded(long nanoUsd) => Math.Clamp(nanoUsd, 0, Largest);

    /// <summary>What no usage of at most so many tokens exceeds, whatever their kinds.</summary>
    public static long UpperBound(long inputTokens, long outputTokens, Price price) =>
        NanoUsd(((Int128)Math.Max(0, inputTokens) * InputCeiling(inputTokens, price)) + ((Int128)Math.Max(0, outputTokens) * OutputCeiling(inputTokens, price)));

    private static long InputCeiling(long inputTokens, Price price) =>
        inputTokens > price.LongContextAbove ? Math.Max(price.Standard.InputCeiling, price.LongContext.InputCeiling) : price.Standard.InputCeiling;

    private static long OutputCeiling(long inputTokens, Price price) =>
        inputTokens > price.LongContextAbove ? Math.Max(price.Standard.OutputCeiling, price.LongContext.OutputCeiling) : price.Standard.OutputCeiling;

    private static Int128 Take(ref long left, long tokens, long rate)
    {
        var taken = Math.Clamp(tokens, 0, left);
        left -= taken;
        return (Int128)taken * rate;
    }

    private static long NanoUsd(Int128 sum) =>
        (long)Int128.Min((sum + (Rates.TokensPerRate - 1)) / Rates.TokensPerRate, long.MaxValue);
}
