using System.Globalization;

namespace Gateway.Api.Management.Usage;

/// <summary>Money as it is told: a decimal number of dollars, exact to 10⁻⁹. Whoever adds up many should parse it as a decimal.</summary>
internal static class Usd
{
    private const decimal NanoPerUsd = 1_000_000_000;

    public static decimal Of(long nanoUsd) => nanoUsd / NanoPerUsd;

    public static string Text(long nanoUsd) => Of(nanoUsd).ToString(CultureInfo.InvariantCulture);
}
