using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Text;

namespace Gateway.Cli.Keys;

internal sealed class ListKeysCommand : CliCommand
{
    private readonly Option<bool> _admin = KeyCommands.Admin();

    public ListKeysCommand(CliHost host, GlobalOptions globals)
        : base(host, globals, "list", "Lists API keys, without their text.", "gateway keys list", "gateway keys list --admin --json | jq '.data[] | select(.status == \"active\")'") =>
        Add(_admin);

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var (client, path) = await KeyCommands.OpenAsync(run, run.Value(_admin), cancellationToken);
        var keys = await PagedList.ReadAsync(client, path, "cursor", page => page.Text("cursor"), cancellationToken);
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["data"] = new JsonArray([.. keys]) });
            return;
        }

        var table = new TextTable("ID", "NAME", "KEY", "STATUS", "OWNER", "EXPIRES", "LAST USED");
        foreach (var key in keys)
        {
            table.Add(key.Text("id"), key.Text("name"), key.Text("hint"), key.Text("status"), key.Text("owner"), key.Text("expires_at"), key.Text("last_used_at"));
        }

        table.WriteTo(run.Terminal.Output);
    }
}
