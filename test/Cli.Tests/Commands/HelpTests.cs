using System.CommandLine;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Commands;

public sealed class HelpTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();

    public static TheoryData<string> Paths => [.. Walk(GatewayTool.Create(CliHost.OfThisProcess()), "")];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory, MemberData(nameof(Paths))]
    public async Task Every_command_explains_itself_with_examples(string path)
    {
        var words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var result = await _rig.RunAsync([.. words, "--help"]);

        result.ShouldEndWith(ExitCodes.Ok).Error.Should().BeEmpty();
        result.Output.Should().Contain($"gateway {path}".TrimEnd());
        if (!result.Output.Contains("Commands:", StringComparison.Ordinal))
        {
            result.Output.Should().Contain("Examples:" + Environment.NewLine).And.MatchRegex($"Examples:(.|\n)*gateway {path}");
        }
    }

    [Fact]
    public async Task The_help_of_the_tool_lists_its_exit_codes()
    {
        var help = (await _rig.RunAsync("--help")).ShouldEndWith(ExitCodes.Ok).Output;

        help.Should().Contain("Exit codes:").And.Contain("7  the answer was cut");
    }

    [Theory]
    [InlineData("keys", "list|create|rotate|revoke")]
    [InlineData("", "login|logout|token")]
    [InlineData("modles", "does not know 'modles'")]
    [InlineData("keys rotate", "'rotate'")]
    [InlineData("models --colour", "does not know '--colour'")]
    [InlineData("agent configure vim", "'claude' 'codex' 'opencode' 'pi'")]
    [InlineData("chat --model", "--model")]
    [InlineData("models --profile a;b", "--profile")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string line, string expected)
    {
        var result = await _rig.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ShouldEndWith(ExitCodes.Usage).Output.Should().BeEmpty();
        result.Error.Should().Contain(expected);
        result.Error.TrimEnd().Should().NotContain("\n");
    }

    [Theory, InlineData(true, null, true), InlineData(true, "1", false), InlineData(false, null, false)]
    public async Task Colours_are_for_terminals_that_want_them(bool onTerminal, string? noColour, bool expected)
    {
        _rig.IsOnTerminal = onTerminal;
        _rig.Variables["NO_COLOR"] = noColour!;

        (await _rig.RunAsync("token")).Error.Contains('\u001b', StringComparison.Ordinal).Should().Be(expected);
    }

    private static IEnumerable<string> Walk(Command command, string path) =>
        [path, .. command.Subcommands.SelectMany(sub => Walk(sub, $"{path} {sub.Name}".Trim()))];
}
