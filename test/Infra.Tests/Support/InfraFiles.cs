namespace Gateway.Infra.Support;

/// <summary>Files of the repository, by their path in it.</summary>
internal static class InfraFiles
{
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([RepositoryRoot.Path, .. parts]);

    public static string Read(params ReadOnlySpan<string> parts) => File.ReadAllText(PathOf(parts));

    public static bool Exists(string path) => File.Exists(PathOf(path)) || Directory.Exists(PathOf(path));

    /// <summary>Every YAML file that is deployed.</summary>
    public static IEnumerable<string> AllYaml() =>
        Directory.EnumerateFiles(PathOf("infra"), "*.y*ml", SearchOption.AllDirectories).Append(PathOf("compose.yaml"))
            .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path))
            .Order(StringComparer.Ordinal);
}
