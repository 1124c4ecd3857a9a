using System.Text.RegularExpressions;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Catalog;

/// <summary>Warns about names that look like ours and are not: a mistyped setting must not be ignored in silence.</summary>
public static partial class UnknownNames
{
    private static readonly string[] Prefixes = ["METIS_", "GATEWAY_", "GLOBUS_", "AUTHORIZED_", "Gateway:"];

    public static IEnumerable<string> Warnings(SettingLayers layers) =>
        from layer in layers.All
        from name in layer.Values.Keys.Order(StringComparer.Ordinal)
        where Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        where SettingCatalog.Find(name) is null && !IsKubernetesService(layer, name) && !IsSectionOf(layer, name)
        select Warning(layer, name);

    private static string Warning(SettingLayer layer, string name)
    {
        var nearest = NearestName.Of(name, SettingCatalog.All.SelectMany(Spellings));
        return nearest is null
            ? $"{name} ({layer.Name}) is no setting of the gateway and is ignored"
            : $"{name} ({layer.Name}) is no setting of the gateway and is ignored; did you mean {nearest}?";
    }

    private static IEnumerable<string> Spellings(SettingDefinition definition) =>
        definition.Secret ? [definition.Name, definition.Name + SettingLayers.FileSuffix] : [definition.Name];

    // A JSON file lists its sections as names of their own.
    private static bool IsSectionOf(SettingLayer layer, string name) =>
        layer.Values.Keys.Any(other => other.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    // Kubernetes gives every pod such variables for a service that happens to be called "gateway".
    private static bool IsKubernetesService(SettingLayer layer, string name) =>
        ServiceVariable().Match(name) is { Success: true } match && layer.Mentions(match.Groups["service"].Value + "_SERVICE_HOST");

    [GeneratedRegex(@"^(?<service>[A-Z0-9_]+?)_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP)(_[A-Z]+)?)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex ServiceVariable();
}
