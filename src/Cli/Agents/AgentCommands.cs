using System.CommandLine;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;

namespace Gateway.Cli.Agents;

internal static class AgentCommands
{
    public static readonly IReadOnlyList<IAgent> All = [new ClaudeAgent(), new CodexAgent(), new OpencodeAgent(), new PiAgent()];

    public static Command Group(CliHost host, GlobalOptions globals) => new CommandGroup("agent", "Coding agents.", new ConfigureCommand(host, globals));
}
