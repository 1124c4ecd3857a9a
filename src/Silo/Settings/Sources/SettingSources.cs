using Microsoft.Extensions.Configuration;

namespace Gateway.Silo.Settings.Sources;

/// <summary>Finds and reads every place where settings are written.</summary>
public sealed record SettingSources(HomeFolder Home, SettingLayers Layers, IReadOnlyList<SettingProblem> Problems)
{
    private const int MaxDotEnvBytes = 1 << 20;
    private const string AppSettingsName = "appsettings.json";

    /// <param name="environment">Variables of this process.</param>
    /// <param name="workingFolder">Where the search for the home folder starts.</param>
    /// <param name="programFolder">Where an <c>appsettings.json</c> with the weakest values may lie.</param>
    public static SettingSources Load(IEnumerable<KeyValuePair<string, string>> environment, string workingFolder, string programFolder)
    {
        var variables = SettingLayer.FromEnvironment(environment);
        var home = HomeFolder.Find(variables.Find(HomeFolder.Setting), workingFolder);
        var problems = new List<SettingProblem>();
        if (!Directory.Exists(home.Path))
        {
            problems.Add(new SettingProblem(HomeFolder.Setting, $"the folder {home.Path} does not exist; create it or correct the setting"));
            return new SettingSources(home, new SettingLayers([variables]), problems);
        }

        var layers = new List<SettingLayer> { variables };
        if (home.DotEnvPath is { } path && ReadDotEnv(path, problems) is { } dotEnv)
        {
            layers.Add(dotEnv);
        }

        string[] folders = [home.Path, programFolder];
        layers.AddRange(folders.Distinct(StringComparer.Ordinal).Select(folder => ReadAppSettings(folder, problems)).OfType<SettingLayer>());
        return new SettingSources(home, new SettingLayers(layers), problems);
    }

    private static SettingLayer? ReadDotEnv(string path, List<SettingProblem> problems)
    {
        var text = BoundedFile.ReadText(path, MaxDotEnvBytes, out var error);
        if (text is not null && DotEnvFile.TryParse(text, out var file, out error))
        {
            return new SettingLayer(HomeFolder.DotEnvName, file.Values);
        }

        problems.Add(new SettingProblem(path, error ?? "cannot be read"));
        return null;
    }

    private static SettingLayer? ReadAppSettings(string folder, List<SettingProblem> problems)
    {
        var path = Path.Combine(folder, AppSettingsName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            // Never watched: a watcher on this folder wakes with every write below it, the database's included.
            var json = new ConfigurationBuilder().AddJsonFile(path, optional: false, reloadOnChange: false).Build();
            return new SettingLayer(AppSettingsName, json.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)));
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            problems.Add(new SettingProblem(path, "is not a readable JSON object; correct or remove it"));
            return null;
        }
    }
}
