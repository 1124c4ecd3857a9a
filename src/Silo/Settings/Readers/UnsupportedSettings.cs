using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Readers;

/// <summary>
/// Settings that this version knows and does not act on. One that opens nothing is listed; one that closes something ends the
/// start, since ignoring it would let in whom the operator keeps out.
/// </summary>
internal static class UnsupportedSettings
{
    private const int MaxFileBytes = 1 << 20;

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
            else if (definition.Kind == SettingKind.Json)
            {
                foreach (var name in NamesIn(reader, definition.Name, value))
                {
                    yield return $"{definition.Name} {name}: {definition.Advice}";
                }
            }
            else
            {
                yield return $"{definition.Name}: {definition.Advice}";
            }
        }
    }

    private static string[] NamesIn(SettingReader reader, string setting, string value)
    {
        var text = value;
        if (!value.StartsWith('{'))
        {
            var path = reader.Home.Resolve(value);
            text = BoundedFile.ReadText(path, MaxFileBytes, out var problem);
            if (text is null)
            {
                reader.Fail(setting, $"must be a JSON object or the path of a file with one; the file {path} {problem}");
                return [];
            }
        }

        if (!JsonSetting.TryParseObject(text, out var document, out var error))
        {
            reader.Fail(setting, error);
            return [];
        }

        using (document)
        {
            return [.. document.RootElement.EnumerateObject().Select(property => property.Name)];
        }
    }
}
