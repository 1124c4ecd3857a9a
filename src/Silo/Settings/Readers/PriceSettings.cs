using Gateway.Silo.Settings.Prices;
using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>GATEWAY_PRICES</c> and <c>GATEWAY_UNKNOWN_PRICE</c>.</summary>
internal static class PriceSettings
{
    public static PriceOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new PriceOptions
        {
            UnknownPrice = reader.Choice("GATEWAY_UNKNOWN_PRICE", "zero", "deny") == "deny" ? UnknownPricePolicy.Deny : UnknownPricePolicy.Zero,
        };
        DocumentSetting.Read(reader, "GATEWAY_PRICES", watched, text => Apply(options, text));
        return options;
    }

    private static string? Apply(PriceOptions options, string text)
    {
        if (!PriceDocumentParser.TryParse(text, out var document, out var problem))
        {
            return problem;
        }

        options.Document = document;
        return null;
    }
}
