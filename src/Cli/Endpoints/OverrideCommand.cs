using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;

namespace Gateway.Cli.Endpoints;

/// <summary>Sets one kind of override.</summary>
internal sealed class OverrideCommand : CliCommand
{
    private readonly Argument<string> _id = new("id") { Description = "As 'gateway endpoints list' shows it." };
    private readonly Option<string?> _reason = Text("--reason", "TEXT", "For other operators.");
    private readonly Option<string?> _notice = Text("--notice", "TEXT", "For callers.");

    public OverrideCommand(CliHost host, GlobalOptions globals, string mode, string description)
        : base(host, globals, mode, description, $"gateway endpoints {mode} openai --reason \"key rotation\"", "gateway endpoints clear openai                      # what the manifest says counts again")
    {
        Add(_id);
        Add(_reason);
        Add(_notice);
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var id = run.Value(_id)!;
        var client = await run.AdminClientAsync(cancellationToken);
        var body = new JsonObject { ["mode"] = Name };
        foreach (var (field, value) in (ReadOnlySpan<(string, string?)>)[("reason", run.Value(_reason)), ("notice", run.Value(_notice))])
        {
            if (value is not null)
            {
                body[field] = value;
            }
        }

        var answer = await client.CallAsync(HttpMethod.Put, PathOf(id), cancellationToken, body);
        if (run.Json)
        {
            run.WriteJson(answer);
        }
        else
        {
            run.Terminal.Say($"'{id}' is set to {Name}. To undo it: gateway endpoints clear {id}");
        }
    }

    public static string PathOf(string id) => $"{EndpointCommands.Path}/{Uri.EscapeDataString(id)}/override";
}
