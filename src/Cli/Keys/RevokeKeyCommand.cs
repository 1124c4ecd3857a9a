using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Keys;

internal sealed class RevokeKeyCommand : CliCommand
{
    private readonly Argument<string> _id = new("id") { Description = "As 'gateway keys list' shows it." };
    private readonly Option<bool> _admin = KeyCommands.Admin();

    public RevokeKeyCommand(CliHost host, GlobalOptions globals)
        : base(host, globals, "revoke", "Ends a key, and those that were made with it.", "gateway keys revoke 0199c0…")
    {
        Add(_id);
        Add(_admin);
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var id = run.Value(_id)!;
        var (client, path) = await KeyCommands.OpenAsync(run, run.Value(_admin), cancellationToken);
        var answer = await client.CallAsync(HttpMethod.Delete, $"{path}/{Uri.EscapeDataString(id)}", cancellationToken);
        if (run.Json)
        {
            run.WriteJson(answer is JsonObject late ? late.DeepClone().AsObject() : new JsonObject { ["unconfirmed"] = new JsonArray() });
            return;
        }

        run.Terminal.Say(answer.Shown("unconfirmed") is { Length: > 0 } nodes
            ? $"The key is revoked. These nodes have not confirmed yet: {Printable.Line(nodes)}"
            : answer.Shown("unavailable") is { Length: > 0 }
                ? "The key is revoked in the database, but which nodes know it could not be found out: they go by it once they reach the cluster again."
                : "The key is revoked.");
        if (answer.Shown("descendants_pending") is { Length: > 0 })
        {
            run.Terminal.Say("What was made with it is refused like it, but not all of it is marked as revoked: run the command again.");
        }
    }
}
