using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Keys;

internal sealed class RotateKeyCommand : CliCommand
{
    private readonly Argument<string> _id = new("id") { Description = "As 'gateway keys list' shows it." };
    private readonly Option<bool> _admin = KeyCommands.Admin();
    private readonly Option<string?> _overlap = Text("--overlap", "SPAN", "How long the present text goes on working, like 12h; 0s: it ends at once. Default: a day.");

    public RotateKeyCommand(CliHost host, GlobalOptions globals)
        : base(host, globals, "rotate", "Gives a key a new text and prints it, this once. A profile that signs in by the key gets it too.", "gateway keys rotate 0199c0… --overlap 1h")
    {
        Add(_id);
        Add(_overlap);
        Add(_admin);
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var body = run.Value(_overlap) is { } overlap
            ? new JsonObject { ["overlap_seconds"] = (int)(PointInTime.Span(overlap) ?? throw CliException.Usage("--overlap must be a span like 30m, 12h or 7d")).TotalSeconds }
            : [];
        var id = run.Value(_id)!;
        var own = await OwnKey.FindAsync(run, cancellationToken);
        var (client, path) = await KeyCommands.OpenAsync(run, run.Value(_admin), cancellationToken);
        var rotated = await client.CallAsync(HttpMethod.Post, $"{path}/{Uri.EscapeDataString(id)}/rotate", cancellationToken, body);
        var until = rotated.Text("previous_valid_until") is { } end ? $"The text before works until {Printable.Line(end, 64)}." : "The text before has ended.";
        CreateKeyCommand.WriteKey(run, rotated, until + " The new one is shown this once:");
        if (own?.Id == id && rotated.Text("key") is { } text)
        {
            await own.ReplaceAsync(run, text, cancellationToken);
        }
        else if (own is { Id: null })
        {
            run.Terminal.Say(own.Profile is { } name ? $"If '{name}' signs in by this key: gateway login --api-key --profile {name}" : "If it is the key in GATEWAY_API_KEY, set that to the new text.");
        }
    }
}
