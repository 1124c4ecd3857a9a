using System.CommandLine;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;

namespace Gateway.Cli.Endpoints;

/// <summary>For operators, at <c>/admin/endpoints</c>.</summary>
internal static class EndpointCommands
{
    public const string Path = "/admin/endpoints";

    public static Command Group(CliHost host, GlobalOptions globals) => new CommandGroup(
        "endpoints",
        "The gateway's upstreams, for operators.",
        new ListEndpointsCommand(host, globals),
        new OverrideCommand(host, globals, "drain", "Sends an endpoint no new requests; those in flight go on."),
        new OverrideCommand(host, globals, "maintenance", "Takes an endpoint out, with a notice for callers."),
        new OverrideCommand(host, globals, "live", "Lets an endpoint serve again whose key the provider had refused."),
        new ClearOverrideCommand(host, globals));
}
