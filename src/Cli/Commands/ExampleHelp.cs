using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Gateway.Cli.Commands;

/// <summary>The usual help, then examples, then what the exit codes mean.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private const string ExitCodeTexts = """
        Exit codes:
          0  done                         4  not allowed
          1  failed                       5  gateway or identity provider unreachable
          2  wrong command line           6  limit or budget reached
          3  not signed in                7  the answer was cut
        """;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is CliCommand { Examples.Count: > 0 } command)
        {
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        if (!parseResult.CommandResult.Command.Parents.Any())
        {
            output.WriteLine(ExitCodeTexts);
        }

        return 0;
    }
}
