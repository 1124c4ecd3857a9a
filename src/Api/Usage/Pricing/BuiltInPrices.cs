using Gateway.Silo.Settings.Prices;

namespace Gateway.Api.Usage.Pricing;

/// <summary>Public list prices that come with the gateway.</summary>
internal static class BuiltInPrices
{
    private const string Resource = "Gateway.Api.Usage.Pricing.list-prices.json";

    public static PriceDocument Read()
    {
        using var stream = typeof(BuiltInPrices).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing.");
        using var text = new StreamReader(stream);
        return PriceDocumentParser.TryParse(text.ReadToEnd(), out var prices, out var problem)
            ? prices
            : throw new InvalidOperationException($"{Resource} {problem}.");
    }
}
