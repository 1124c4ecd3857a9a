namespace Gateway.Cli.Rigs;

/// <summary>How a run of the tool ended and what it said.</summary>
public sealed record CliResult(int ExitCode, string Output, string Error)
{
    public string AllOutput => Output + Error;

    /// <summary>The one document of <c>--json</c>.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;

    public CliResult ShouldEndWith(int exitCode)
    {
        ExitCode.Should().Be(exitCode, AllOutput);
        return this;
    }
}
