using System.Security.Cryptography;
using System.Text;
using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings;

/// <summary>Tells whether two processes have the same settings. Keyed with the cluster secret, so that no value can be guessed from it.</summary>
public static class SettingsHash
{
    private const int PrintedBytes = 8;

    public static string Compute(SettingLayers layers, HomeFolder home, string clusterSecret) =>
        Compute(layers, home, clusterSecret, static path => SecretFile.Read(path, out _));

    /// <param name="read">What a file says that holds the value of a setting; null: nothing that can be read.</param>
    internal static string Compute(SettingLayers layers, HomeFolder home, string clusterSecret, Func<string, string?> read)
    {
        var text = new StringBuilder("settings-hash/1\n");
        var names = layers.All.SelectMany(layer => layer.Values.Keys)
            .Where(name => SettingCatalog.Find(name) is { Local: false } definition && !IsFileName(name, definition))
            .Concat(SettingCatalog.All.Where(definition => !definition.Local).Select(definition => definition.Name))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            var value = Value(layers, home, name, read) ?? SettingCatalog.Find(name)?.Default ?? "";
            text.Append(name.ToUpperInvariant()).Append('=').Append(value.Length).Append(':').Append(value).Append('\n');
        }

        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(clusterSecret), Encoding.UTF8.GetBytes(text.ToString()));
        return Convert.ToHexStringLower(hash.AsSpan(0, PrintedBytes));
    }

    private static bool IsFileName(string name, SettingDefinition definition) => definition.Secret && name.Length > definition.Name.Length;

    // Where a secret or a document lies may differ from host to host; what it says may not.
    private static string? Value(SettingLayers layers, HomeFolder home, string name, Func<string, string?> read)
    {
        if (layers.FindSecret(name) is { FilePath: { } path })
        {
            return read(home.Resolve(path));
        }

        var value = layers.Find(name);
        return value?.Trim() is { Length: > 0 } document && IsDocument(name) && !document.StartsWith('{') ? read(home.Resolve(document)) ?? value : value;
    }

    private static bool IsDocument(string name) => SettingCatalog.Find(name) is { Kind: SettingKind.Json, Secret: false };
}
