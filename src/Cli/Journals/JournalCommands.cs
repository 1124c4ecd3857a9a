using System.CommandLine;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;

namespace Gateway.Cli.Journals;

/// <summary>For operators, at <c>/admin/journals</c>.</summary>
internal static class JournalCommands
{
    public const string Path = "/admin/journals";

    public static Command Group(CliHost host, GlobalOptions globals) => new CommandGroup(
        "journal",
        "Usage journals of front-ends, for administrators.",
        new AdoptCommand(host, globals));
}
