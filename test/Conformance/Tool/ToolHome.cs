namespace Gateway.Conformance.Tool;

/// <summary>The built command line tool on a machine of its own, with <c>gateway</c> on the path as an installation puts it there.</summary>
internal sealed class ToolHome : IDisposable
{
    private readonly TempFolder _home = new();

    public ToolHome(params (string Name, string Value)[] environment)
    {
        Environment = new()
        {
            ["HOME"] = _home.Path,
            ["XDG_CONFIG_HOME"] = _home.File("config"),
            ["PATH"] = $"{_home.File("bin")}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["DOTNET_NOLOGO"] = "1",
        };
        foreach (var (name, value) in environment)
        {
            Environment[name] = value;
        }

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var script = _home.Write("bin/gateway", $"#!/bin/sh\nexec dotnet '{Programs.Cli}' \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public Dictionary<string, string> Environment { get; }

    public string Credentials => _home.File("config/gateway/credentials.json");

    /// <summary>Starts it and waits for nothing; its input stays open.</summary>
    public ChildProcess Start(params string[] arguments) => ChildProcess.Start("dotnet", [Programs.Cli, .. arguments], Environment, keepInput: true);

    /// <summary>Runs it to its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start("dotnet", [Programs.Cli, .. arguments], Environment);
        return (await process.ExitAsync(Eventually.DefaultBound), process.StandardOutput, process.StandardError);
    }

    /// <summary>Runs a script in which <c>gateway</c> is the tool.</summary>
    public async Task<(int ExitCode, string Output, string Error)> ShellAsync(string script)
    {
        await using var process = ChildProcess.Start(ExternalTool.Require("bash"), ["-c", script], Environment);
        return (await process.ExitAsync(Eventually.DefaultBound), process.StandardOutput, process.StandardError);
    }

    /// <summary>The first whole line of what a running one says that begins like this.</summary>
    public static Task<string> LineAsync(ChildProcess process, string beginning) => Eventually.ValueAsync(
        () => Task.FromResult(process.StandardError.Split('\n').SkipLast(1).FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal))
            ?? (process.HasExited ? throw new InvalidOperationException(process.AllOutput) : null)),
        $"a line begins with '{beginning}'");

    public void Dispose() => _home.Dispose();
}
