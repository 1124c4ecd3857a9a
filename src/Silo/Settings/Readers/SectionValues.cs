using Gateway.Silo.Settings.Catalog;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Refuses a JSON object in <c>appsettings.json</c> where a text is expected: it would be read as "not set".</summary>
internal static class SectionValues
{
    public static void Check(SettingReader reader)
    {
        var names = reader.Layers.All.SelectMany(layer => layer.Values.Keys)
            .Select(key => key.StartsWith("Gateway:", StringComparison.OrdinalIgnoreCase) ? key["Gateway:".Length..] : key)
            .Where(key => key.Contains(':', StringComparison.Ordinal))
            .Select(key => SettingCatalog.Find(key[..key.IndexOf(':', StringComparison.Ordinal)])?.Name)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            reader.Fail(name, "must be one text; write JSON inside quotes, or keep it in .env");
        }
    }
}
