using System.Reflection;

namespace Gateway.Testing.Processes;

/// <summary>The built programs, of the same configuration as the tests.</summary>
public static class Programs
{
    /// <summary>Where builds are, in a folder per project.</summary>
    public static string Folder => Path.Combine(RepositoryRoot.Path, "artifacts", "bin");

    public static string Api => PathOf("Api");

    public static string Cli => PathOf("Cli");

    public static string Silo => PathOf("Silo");

    /// <summary>Writes a usage journal until it is killed.</summary>
    public static string JournalWriter => PathOf("JournalWriter");

    private static string PathOf(string project)
    {
        var configuration = typeof(Programs).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
#pragma warning disable CA1308 // artifacts/ folders are lower case
        return Path.Combine(Folder, project, configuration.ToLowerInvariant(), $"Gateway.{project}.dll");
#pragma warning restore CA1308
    }
}
