namespace Gateway.Silo.Settings.Sources;

/// <summary>The folder that holds <c>.env</c> and that relative paths start from.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="DotEnvPath">Null: there is no <c>.env</c>.</param>
/// <param name="Reason">How it was found, for the start banner.</param>
public sealed record HomeFolder(string Path, string? DotEnvPath, string Reason)
{
    public const string Setting = "GATEWAY_HOME";
    public const string DotEnvName = ".env";
    public const string SolutionName = "Orleans.sln";

    /// <summary><c>GATEWAY_HOME</c>, else the nearest folder from the working folder upwards with a <c>.env</c> or the solution, else the working folder.</summary>
    public static HomeFolder Find(string? configured, string workingFolder)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return At(System.IO.Path.GetFullPath(configured, workingFolder), Setting);
        }

        // `dotnet run --project src/Api` starts the process in the project folder, so the search must go upwards.
        for (var folder = new DirectoryInfo(workingFolder); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, DotEnvName)))
            {
                return At(folder.FullName, "nearest folder with a .env");
            }

            if (File.Exists(System.IO.Path.Combine(folder.FullName, SolutionName)))
            {
                return At(folder.FullName, $"nearest folder with {SolutionName}");
            }
        }

        return At(workingFolder, "working folder");
    }

    /// <summary>Absolute form of a path from the settings.</summary>
    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);

    private static HomeFolder At(string folder, string reason)
    {
        var dotEnv = System.IO.Path.Combine(folder, DotEnvName);
        return new HomeFolder(folder, File.Exists(dotEnv) ? dotEnv : null, reason);
    }
}
