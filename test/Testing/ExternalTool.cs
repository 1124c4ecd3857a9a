using Gateway.Testing.Processes;
using Xunit;

namespace Gateway.Testing;

/// <summary>Programs that some tests need besides .NET.</summary>
public static class ExternalTool
{
    /// <summary>Path of the program. Without it the test is skipped, or fails where <c>GATEWAY_TESTS_REQUIRE_ALL=1</c>.</summary>
    public static string Require(string name)
    {
        if (Find(name) is { } path)
        {
            return path;
        }

        RefuseOrSkip($"needs {name}, which is not installed (eng/test.sh installs it)");
        return "";
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var process = ChildProcess.Start(program, arguments, environment, RepositoryRoot.Path);
        var exitCode = await process.ExitAsync(Eventually.DefaultBound);
        return (exitCode, process.AllOutput);
    }

    public static void RefuseOrSkip(string reason)
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_TESTS_REQUIRE_ALL") == "1")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    /// <summary>Null: not installed.</summary>
    public static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Concat(["/usr/sbin", "/usr/local/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
