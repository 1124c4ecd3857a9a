using System.Globalization;
using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Reads settings by name and collects what is wrong with them, so that one start shows every mistake.</summary>
public sealed class SettingReader(SettingLayers layers, HomeFolder home)
{
    private readonly List<SettingProblem> _problems = [];
    private readonly List<string> _warnings = [];

    public SettingLayers Layers { get; } = layers;

    public HomeFolder Home { get; } = home;

    public IReadOnlyList<SettingProblem> Problems => _problems;

    public IReadOnlyList<string> Warnings => _warnings;

    public void Fail(string setting, string message) => _problems.Add(new SettingProblem(setting, message));

    public void Warn(string message) => _warnings.Add(message);

    /// <summary>The value, else the default of the catalogue, else null.</summary>
    public string? Text(string name) => Layers.Find(name) ?? SettingCatalog.Find(name)?.Default;

    public int Number(string name, int minimum, int maximum)
    {
        var text = Text(name);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Fail(name, $"must be a whole number from {minimum} to {maximum}");
        return minimum;
    }

    public TimeSpan Seconds(string name, int minimum, int maximum) => TimeSpan.FromSeconds(Number(name, minimum, maximum));

    /// <returns>The choice as written in <paramref name="choices"/>; the first one after a failure.</returns>
    public string Choice(string name, params ReadOnlySpan<string> choices)
    {
        var text = Text(name);
        foreach (var choice in choices)
        {
            if (string.Equals(choice, text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        Fail(name, $"must be one of {string.Join(", ", choices)}");
        return choices[0];
    }

    /// <summary>Parts between commas, semicolons and blanks.</summary>
    public string[] List(string name) =>
        Text(name)?.Split([',', ';', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>Absolute path; relative ones start from the home folder.</summary>
    public string? FilePath(string name) => Text(name) is { } path ? Home.Resolve(path) : null;

    /// <summary>A secret, from the setting itself or from the file that <c>NAME_FILE</c> names.</summary>
    public SecretText Secret(string name)
    {
        var location = Layers.FindSecret(name);
        if (location.FilePath is null)
        {
            return new SecretText(name, location.Value, null);
        }

        if (location.Value is not null)
        {
            Fail(name, $"is set together with {name}{SettingLayers.FileSuffix}; set only one of them");
        }

        var path = Home.Resolve(location.FilePath);
        var value = SecretFile.Read(path, out var error);
        if (value is null)
        {
            Fail(name + SettingLayers.FileSuffix, $"the file {path} {error}");
        }

        return new SecretText(name, value, path);
    }
}
