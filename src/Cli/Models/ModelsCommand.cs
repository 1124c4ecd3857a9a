using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Models;

internal sealed class ModelsCommand(CliHost host, GlobalOptions globals) : CliCommand(
    host,
    globals,
    "models",
    "Lists the models you may use.",
    "gateway models",
    "gateway models --json | jq -r '.data[].id'")
{
    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var client = await run.ClientAsync(cancellationToken);
        var list = await client.GetAsync("/v1/models", cancellationToken);
        if (run.Json)
        {
            run.WriteJson(list);
            return;
        }

        var table = new TextTable("MODEL", "CLUSTER", "CONTEXT");
        foreach (var model in list.Data())
        {
            table.Add(model.Text("id"), model.Text("owned_by"), model.Shown("context_window"));
        }

        table.WriteTo(run.Terminal.Output);
    }
}
