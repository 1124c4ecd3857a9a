using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Silo.Settings.Prices;

namespace Gateway.Api.Usage.Pricing;

/// <summary>The price that a manifest entry states itself.</summary>
internal static class EntryPrice
{
    public static Price Of(TokenPrices prices, string entryId)
    {
        var rates = new TokenRates
        {
            Input = prices.Input,
            Output = prices.Output,
            CachedInput = prices.CachedInput,
            CacheWrite = prices.CacheWrite,
            Reasoning = prices.Reasoning,
        };

        // An entry's prices have no version, so their values make one.
        var text = string.Create(CultureInfo.InvariantCulture, $"{prices.Input}/{prices.Output}/{prices.CachedInput}/{prices.CacheWrite}/{prices.Reasoning}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));
        return Price.Of(new ModelPrice { Rates = rates }, $"entry-{hash}/{entryId}");
    }
}
