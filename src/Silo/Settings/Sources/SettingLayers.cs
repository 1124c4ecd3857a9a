using Microsoft.Extensions.Configuration;

namespace Gateway.Silo.Settings.Sources;

/// <summary>All layers, strongest first.</summary>
public sealed class SettingLayers(IReadOnlyList<SettingLayer> layers)
{
    /// <summary>Suffix of the name that gives the path of a file with the value.</summary>
    public const string FileSuffix = "_FILE";

    public IReadOnlyList<SettingLayer> All { get; } = layers;

    /// <summary>The value of the strongest layer that mentions the name; there an empty text means "not set".</summary>
    public string? Find(string name) => All.FirstOrDefault(layer => layer.Mentions(name))?.Find(name);

    /// <summary>As <see cref="Find"/> for a secret, which a layer may give itself or as the path of a file.</summary>
    public SecretLocation FindSecret(string name)
    {
        var fileName = name + FileSuffix;
        var layer = All.FirstOrDefault(layer => layer.Mentions(name) || layer.Mentions(fileName));
        return new SecretLocation(layer?.Find(name), layer?.Find(fileName));
    }

    /// <summary>The same values for the host: logging, Kestrel and options bind to it.</summary>
    public IConfigurationRoot ToConfiguration()
    {
        var builder = new ConfigurationBuilder();
        foreach (var layer in All.Reverse())
        {
            builder.AddInMemoryCollection(layer.Values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        }

        return builder.Build();
    }
}

/// <summary>Where a secret stands; both set is a mistake of the operator.</summary>
public readonly record struct SecretLocation(string? Value, string? FilePath)
{
    public override string ToString() => FilePath is null ? "in the setting" : $"in {FilePath}";
}
