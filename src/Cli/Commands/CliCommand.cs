using System.CommandLine;
using Gateway.Cli.Host;

namespace Gateway.Cli.Commands;

/// <summary>A command that does something. A new one is a class of this kind and a line in <see cref="GatewayTool"/>.</summary>
internal abstract class CliCommand : Command
{
    /// <param name="host">The machine.</param>
    /// <param name="globals">Options of every command.</param>
    /// <param name="name">Its word.</param>
    /// <param name="description">For the help.</param>
    /// <param name="examples">For the end of its help.</param>
    protected CliCommand(CliHost host, GlobalOptions globals, string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction(async (parsed, cancellationToken) =>
        {
            await RunAsync(new Invocation(host, globals, parsed), cancellationToken);
            return ExitCodes.Ok;
        });
    }

    public IReadOnlyList<string> Examples { get; }

    /// <exception cref="CliException">It ends with another exit code than 0.</exception>
    protected abstract Task RunAsync(Invocation run, CancellationToken cancellationToken);

    /// <summary>An option that takes no value.</summary>
    protected static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    protected static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>May be given several times.</summary>
    protected static Option<string[]> Texts(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}

/// <summary>A word under which there are commands.</summary>
internal sealed class CommandGroup : Command
{
    public CommandGroup(string name, string description, params IEnumerable<Command> commands)
        : base(name, description)
    {
        foreach (var command in commands)
        {
            Add(command);
        }
    }
}
