using Gateway.Silo.Settings.Prices;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads <c>GATEWAY_PRICES</c>, JSON or the path of a watched file with it, and <c>GATEWAY_UNKNOWN_PRICE</c>.</summary>
internal static class PriceSettings
{
    private const string Name = "GATEWAY_PRICES";
    private const int MaxBytes = 1 << 20;

    public static PriceOptions Read(SettingReader reader, List<WatchedSecret> watched)
    {
        var options = new PriceOptions
        {
            UnknownPrice = reader.Choice("GATEWAY_UNKNOWN_PRICE", "zero", "deny") == "deny" ? UnknownPricePolicy.Deny : UnknownPricePolicy.Zero,
        };
        if (reader.Text(Name)?.Trim() is not { Length: > 0 } text)
        {
            return options;
        }

        string? problem = null;
        if (!text.StartsWith('{'))
        {
            var path = reader.Home.Resolve(text);
            text = BoundedFile.ReadText(path, MaxBytes, out problem) ?? "";
            problem = problem is null ? null : $"must be a JSON object or the path of a file with one; the file {path} {problem}";
            watched.Add(new WatchedSecret(Name, path, content => Apply(options, content)));
        }

        problem ??= Apply(options, text);
        if (problem is not null)
        {
            reader.Fail(Name, problem);
        }

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
