using System.CommandLine;

namespace Gateway.Cli.Commands;

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Gateway { get; } = new("--gateway") { Description = "Address of the gateway. Default: GATEWAY_URL, else that of the profile.", HelpName = "URL", Recursive = true };

    public Option<string?> Profile { get; } = new("--profile") { Description = "Which sign-in to use. Default: GATEWAY_PROFILE, else the default one.", HelpName = "NAME", Recursive = true };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON document on the standard output, for scripts.", Recursive = true, Arity = ArgumentArity.Zero };

    public void AddTo(Command root)
    {
        root.Add(Gateway);
        root.Add(Profile);
        root.Add(Json);
    }
}
