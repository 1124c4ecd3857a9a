using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;

namespace Gateway.Cli.Endpoints;

internal sealed class ClearOverrideCommand : CliCommand
{
    private readonly Argument<string> _id = new("id") { Description = "As 'gateway endpoints list' shows it." };

    public ClearOverrideCommand(CliHost host, GlobalOptions globals)
        : base(host, globals, "clear", "Removes what drain, maintenance or live set; the manifest counts again.", "gateway endpoints clear openai") =>
        Add(_id);

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var id = run.Value(_id)!;
        var client = await run.AdminClientAsync(cancellationToken);
        await client.CallAsync(HttpMethod.Delete, OverrideCommand.PathOf(id), cancellationToken);
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["id"] = id, ["override"] = null });
        }
        else
        {
            run.Terminal.Say($"'{id}' follows the manifest again.");
        }
    }
}
