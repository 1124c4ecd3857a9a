using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Gateway.Cli.Agents;
using Gateway.Cli.Chat;
using Gateway.Cli.Endpoints;
using Gateway.Cli.Host;
using Gateway.Cli.Identity.Commands;
using Gateway.Cli.Journals;
using Gateway.Cli.Keys;
using Gateway.Cli.Models;
using Gateway.Cli.Text;
using Gateway.Cli.Usage;

namespace Gateway.Cli.Commands;

/// <summary>The whole tool: its commands, and what becomes of their failures.</summary>
public static class GatewayTool
{
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliHost host, CancellationToken cancellationToken = default)
    {
        // A prompt may begin with '@', which would otherwise name a file of arguments.
        var parsed = Create(host).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return Fail(host, ExitCodes.Usage, UsageErrors.Describe(parsed));
        }

        try
        {
            var configuration = new InvocationConfiguration { Output = host.Terminal.Output, Error = host.Terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToEnd };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (CliException failure)
        {
            return Fail(host, failure.ExitCode, failure.Message);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception failure)
        {
            return Fail(host, ExitCodes.Failed, $"Unexpected {failure.GetType().Name}: {Printable.Line(failure.Message)}");
        }
    }

    internal static Command Create(CliHost host)
    {
        var globals = new GlobalOptions();
        var help = new HelpOption();
        help.Action = new ExampleHelp((HelpAction)help.Action!);

        // Not a RootCommand: that calls itself after the file that runs it.
        var root = new Command("gateway", "Signs in to an inference gateway and uses it.")
        {
            help,
            new VersionOption(),
            new LoginCommand(host, globals),
            new LogoutCommand(host, globals),
            new TokenCommand(host, globals),
            new WhoamiCommand(host, globals),
            new ProfilesCommand(host, globals),
            new ModelsCommand(host, globals),
            new ChatCommand(host, globals),
            KeyCommands.Group(host, globals),
            EndpointCommands.Group(host, globals),
            new UsageCommand(host, globals),
            JournalCommands.Group(host, globals),
            AgentCommands.Group(host, globals),
        };
        globals.AddTo(root);
        return root;
    }

    private static int Fail(CliHost host, int exitCode, string message)
    {
        var colour = host.Terminal.IsErrorInteractive && host.Setting("NO_COLOR") is null;
        host.Terminal.Say(colour ? $"\e[31mgateway:\e[0m {message}" : $"gateway: {message}");
        return exitCode;
    }
}
