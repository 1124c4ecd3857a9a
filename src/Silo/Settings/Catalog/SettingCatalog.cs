using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

/// <summary>Every setting there is: what the check of names, the help and the documentation are made from.</summary>
public static class SettingCatalog
{
    public static ImmutableArray<SettingDefinition> All { get; } =
        [.. ManifestSettingDefinitions.All, .. ProcessSettingDefinitions.All, .. IdentitySettingDefinitions.All, .. ClusterSettingDefinitions.All, .. StoreSettingDefinitions.All];

    private static readonly Dictionary<string, SettingDefinition> Flat =
        All.Where(definition => !definition.Name.Contains(':', StringComparison.Ordinal)).ToDictionary(definition => definition.Name, StringComparer.OrdinalIgnoreCase);

    public static SettingDefinition Get(string name) => All.First(definition => definition.Name == name);

    /// <summary>Null: no such setting. Knows <c>NAME_FILE</c> of secrets and numbered sections.</summary>
    public static SettingDefinition? Find(string name)
    {
        if (name.Contains(':', StringComparison.Ordinal))
        {
            return All.FirstOrDefault(definition => MatchesPath(definition.Name, name));
        }

        if (Flat.TryGetValue(name, out var found))
        {
            return found;
        }

        return name.EndsWith(Sources.SettingLayers.FileSuffix, StringComparison.OrdinalIgnoreCase)
            && Flat.TryGetValue(name[..^Sources.SettingLayers.FileSuffix.Length], out var secret) && secret.Secret
            ? secret
            : null;
    }

    private static bool MatchesPath(string pattern, string name)
    {
        var expected = pattern.Split(':');
        var actual = name.Split(':');
        return expected.Length == actual.Length && expected.Zip(actual).All(pair => pair.First == "<n>"
            ? int.TryParse(pair.Second, out _)
            : string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
