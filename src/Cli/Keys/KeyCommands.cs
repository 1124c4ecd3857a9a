using System.CommandLine;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;

namespace Gateway.Cli.Keys;

/// <summary>Own keys at <c>/v1/me/keys</c>, with <c>--admin</c> anybody's at <c>/admin/keys</c>.</summary>
internal static class KeyCommands
{
    public static Command Group(CliHost host, GlobalOptions globals) => new CommandGroup(
        "keys",
        "API keys: your own, or with --admin anybody's.",
        new ListKeysCommand(host, globals),
        new CreateKeyCommand(host, globals),
        new RotateKeyCommand(host, globals),
        new RevokeKeyCommand(host, globals));

    public static Option<bool> Admin() => new("--admin") { Description = "Anybody's keys, for administrators.", Arity = ArgumentArity.Zero };

    public static async Task<(GatewayClient Client, string Path)> OpenAsync(Invocation run, bool isAdmin, CancellationToken cancellationToken) => isAdmin
        ? (await run.AdminClientAsync(cancellationToken), "/admin/keys")
        : (await run.ClientAsync(cancellationToken), "/v1/me/keys");
}
