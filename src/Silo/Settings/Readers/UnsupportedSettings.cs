using Gateway.Silo.Settings.Catalog;

namespace Gateway.Silo.Settings.Readers;

/// <summary>
/// Settings that this version knows and does not act on. One that opens nothing is listed; one that closes something ends the
/// start, since ignoring it would let in whom the operator keeps out.
/// </summary>
internal static class UnsupportedSettings
{
    // What deployments write for "nothing".
    private static readonly string[] EmptyValues = ["{}", "[]", "None"];

    public static IEnumerable<string> Read(SettingReader reader)
    {
        foreach (var definition in SettingCatalog.All.Where(definition => definition.Support != SettingSupport.Supported))
        {
            var location = reader.Layers.FindSecret(definition.Name);
            if ((location.Value ?? location.FilePath)?.Trim() is not { Length: > 0 } value || EmptyValues.Contains(value))
            {
                continue;
            }

            if (definition.Support == SettingSupport.Refused)
            {
                reader.Fail(definition.Name, definition.Advice!);
            }
            else
            {
                yield return $"{definition.Name}: {definition.Advice}";
            }
        }
    }
}
