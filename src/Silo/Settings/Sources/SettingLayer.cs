namespace Gateway.Silo.Settings.Sources;

/// <summary>One place where settings are written. Names compare without letter case, as .NET configuration does.</summary>
public sealed class SettingLayer
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public SettingLayer(string name, IEnumerable<KeyValuePair<string, string>> values)
    {
        Name = name;
        foreach (var (key, value) in values)
        {
            _values[Normalize(key)] = value;
        }
    }

    /// <summary>For texts: <c>environment</c>, <c>.env</c>, <c>appsettings.json</c>.</summary>
    public string Name { get; }

    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Null: absent or empty. Compose files pass an empty text for a variable that nobody set.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public bool Mentions(string name) => _values.ContainsKey(name);

    /// <summary>The environment of this process. Docker's <c>--env-file</c> keeps surrounding quotes, so they are taken off here.</summary>
    public static SettingLayer FromEnvironment(IEnumerable<KeyValuePair<string, string>> variables) =>
        new("environment", variables.Select(variable => KeyValuePair.Create(variable.Key, Unquote(variable.Value))));

    public static string Unquote(string value)
    {
        var trimmed = value.Trim();
        return trimmed.Length >= 2 && trimmed[0] is '\'' or '"' && trimmed[^1] == trimmed[0] ? trimmed[1..^1] : value;
    }

    // In a JSON file a flat name may also stand below "Gateway", and the cluster's section beside it.
    private static string Normalize(string key)
    {
        const string section = "Gateway:";
        var name = key.Replace("__", ":", StringComparison.Ordinal);
        if (name.StartsWith("Cluster:", StringComparison.OrdinalIgnoreCase))
        {
            return section + name;
        }

        return name.StartsWith(section, StringComparison.OrdinalIgnoreCase) && name.IndexOf(':', section.Length) < 0 && name.Contains('_', StringComparison.Ordinal)
            ? name[section.Length..]
            : name;
    }
}
