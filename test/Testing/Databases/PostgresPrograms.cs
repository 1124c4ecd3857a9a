using System.Runtime.InteropServices;
using Gateway.Testing.Processes;

namespace Gateway.Testing.Databases;

/// <summary>The programs of an installed PostgreSQL, run as a user that PostgreSQL accepts: it refuses to run as root.</summary>
internal static partial class PostgresPrograms
{
    private const string DebianFolder = "/usr/lib/postgresql";
    private const string DebianUser = "postgres";

    public static bool AreInstalled => Folder() is not null;

    /// <summary>The process's id is that of the program itself, also behind a change of user.</summary>
    public static ChildProcess Start(string program, params string[] arguments)
    {
        var path = Path.Combine(Folder() ?? throw new InvalidOperationException("PostgreSQL is not installed."), program);
        var environment = new Dictionary<string, string> { ["LC_ALL"] = "C" };
        return IsRoot
            ? ChildProcess.Start("setpriv", ["--reuid", DebianUser, "--regid", DebianUser, "--clear-groups", "--", path, .. arguments], environment, "/")
            : ChildProcess.Start(path, arguments, environment, "/");
    }

    /// <summary>Gives a folder to the user that the programs run as.</summary>
    public static async Task HandOverAsync(string folder)
    {
        if (IsRoot)
        {
            await using var chown = ChildProcess.Start("chown", ["-R", $"{DebianUser}:{DebianUser}", folder]);
            if (await chown.ExitAsync(TimeSpan.FromSeconds(30)) != 0)
            {
                throw new InvalidOperationException(chown.AllOutput);
            }
        }
    }

    private static bool IsRoot => UserId() == 0;

    // Debian keeps the server's programs off the PATH, one folder per major version.
    private static string? Folder()
    {
        var debian = Directory.Exists(DebianFolder)
            ? Directory.GetDirectories(DebianFolder).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return debian.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")));
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();
}
