namespace Gateway.Infra.Support;

/// <summary>Parsers that no Debian package brings: used where they are, skipped elsewhere.</summary>
internal static class OptionalTool
{
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (exitCode, output) = await ExternalTool.RunAsync(program, arguments, environment);
        exitCode.Should().Be(0, "{0} {1} says: {2}", program, string.Join(' ', arguments), output);
        return output;
    }

    public static async Task RequireAsync(string program, params IReadOnlyList<string> probe)
    {
        if (ExternalTool.Find(program) is not { } path || (await ExternalTool.RunAsync(path, probe)).ExitCode != 0)
        {
            Assert.Skip($"{program} {string.Join(' ', probe)} does not work here");
        }
    }
}
