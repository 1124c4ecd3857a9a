using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Text;

namespace Gateway.Cli.Endpoints;

internal sealed class ListEndpointsCommand(CliHost host, GlobalOptions globals) : CliCommand(
    host,
    globals,
    "list",
    "Lists endpoints with their health.",
    "gateway endpoints list",
    "gateway endpoints list --json | jq '.data[] | select(.circuit != \"closed\")'")
{
    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var client = await run.AdminClientAsync(cancellationToken);
        var endpoints = await PagedList.ReadAsync(client, EndpointCommands.Path, "after", page => page.Data().LastOrDefault().Text("id"), cancellationToken);
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["data"] = new JsonArray([.. endpoints]) });
            return;
        }

        var table = new TextTable("ID", "STATUS", "CIRCUIT", "OVERRIDE", "IN FLIGHT", "MODELS");
        foreach (var endpoint in endpoints)
        {
            table.Add(endpoint.Text("id"), endpoint.Text("status"), endpoint.Text("circuit"), (endpoint as JsonObject)?["override"].Text("mode"), endpoint.Shown("in_flight"), endpoint.Shown("models"));
        }

        table.WriteTo(run.Terminal.Output);
    }
}
