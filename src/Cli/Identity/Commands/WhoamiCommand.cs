using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Commands;

internal sealed class WhoamiCommand(CliHost host, GlobalOptions globals) : CliCommand(
    host,
    globals,
    "whoami",
    "Shows who the gateway takes you for, and what your credential may do.",
    "gateway whoami",
    "gateway whoami --json")
{
    private static readonly (string Field, string Label)[] Shown =
    [
        ("username", "user"), ("name", "name"), ("user", "subject"), ("key", "key"), ("groups", "groups"), ("project", "project"),
        ("role", "role"), ("models", "models"), ("routes", "routes"), ("auth_service", "signed in by"), ("expires_at", "until"),
    ];

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var client = await run.ClientAsync(cancellationToken);
        var me = await client.GetAsync("/v1/me", cancellationToken);
        if (run.Json)
        {
            run.WriteJson(me);
            return;
        }

        WriteLine(run, "gateway", client.Address);
        foreach (var (field, label) in Shown)
        {
            WriteLine(run, label, me.Shown(field));
        }
    }

    private static void WriteLine(Invocation run, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            run.Terminal.Output.WriteLine($"{label,-12}  {Printable.Line(value, 2_000)}");
        }
    }
}
