using System.Runtime.InteropServices;
using Gateway.Silo.Settings.Prices;

namespace Gateway.Api.Usage.Pricing;

/// <summary>Nano-dollars (10⁻⁹ USD) per million tokens of each kind: prices of any list are whole numbers in it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Rates
{
    public const long TokensPerRate = 1_000_000;

    private const decimal NanoUsdPerUsd = 1_000_000_000m;

    public long Input { get; init; }

    public long CachedInput { get; init; }

    public long CacheWrite { get; init; }

    public long AudioInput { get; init; }

    public long Output { get; init; }

    public long Reasoning { get; init; }

    public long AudioOutput { get; init; }

    /// <summary>The dearest that a token of input can be.</summary>
    public long InputCeiling => Math.Max(Math.Max(Input, CachedInput), Math.Max(CacheWrite, AudioInput));

    /// <summary>The dearest that a token of output can be.</summary>
    public long OutputCeiling => Math.Max(Output, Math.Max(Reasoning, AudioOutput));

    /// <param name="rates">USD per million; what is finer than a nano-dollar is rounded up.</param>
    /// <param name="whole">For input and output that <paramref name="rates"/> leaves open.</param>
    public static Rates Of(TokenRates rates, Rates whole = default)
    {
        var input = Nano(rates.Input) ?? whole.Input;
        var output = Nano(rates.Output) ?? whole.Output;
        return new Rates
        {
            Input = input,
            CachedInput = Nano(rates.CachedInput) ?? input,
            CacheWrite = Nano(rates.CacheWrite) ?? input,
            AudioInput = Nano(rates.AudioInput) ?? input,
            Output = output,
            Reasoning = Nano(rates.Reasoning) ?? output,
            AudioOutput = Nano(rates.AudioOutput) ?? output,
        };
    }

    private static long? Nano(decimal? usd) => usd is { } price ? (long)decimal.Ceiling(price * NanoUsdPerUsd) : null;
}
