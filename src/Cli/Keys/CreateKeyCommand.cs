using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Keys;

internal sealed class CreateKeyCommand : CliCommand
{
    private readonly Argument<string> _name = new("name") { Description = "What the key is for." };
    private readonly Option<bool> _admin = KeyCommands.Admin();
    private readonly Option<string?> _owner = Text("--owner", "USER", "With --admin: whose key it is.");
    private readonly Option<string?> _role = Text("--role", "ROLE", "With --admin: viewer, operator or admin.");
    private readonly Option<bool> _onBehalfOf = new("--on-behalf-of") { Description = "With --admin: its requests may name the end user that they are made for.", Arity = ArgumentArity.Zero };
    private readonly Option<string[]> _groups = Texts("--group", "GROUP", "A group the key acts for; may be repeated. Own keys: all of yours, unless given.");
    private readonly Option<string[]> _models = Texts("--model", "MODEL", "A model the key may use; may be repeated. Default: no restriction.");
    private readonly Option<string[]> _routes = Texts("--route", "ROUTE", "A route the key may use, like chat/completions; may be repeated.");
    private readonly Option<string?> _project = Text("--project", "PROJECT", "Who pays.");
    private readonly Option<string?> _expires = Text("--expires", "WHEN", "A time like 2030-12-31T23:59:59Z, or how long from now: 12h, 30d.");

    public CreateKeyCommand(CliHost host, GlobalOptions globals)
        : base(
            host,
            globals,
            "create",
            "Makes an API key and prints it, this once.",
            "KEY=$(gateway keys create notebook --expires 30d)",
            "gateway keys create \"alice laptop\" --admin --owner alice --group physics")
    {
        Add(_name);
        foreach (var option in (Option[])[_expires, _models, _routes, _groups, _project, _admin, _owner, _role, _onBehalfOf])
        {
            Add(option);
        }
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var isAdmin = run.Value(_admin);
        if (!isAdmin && (run.Has(_owner) || run.Has(_role) || run.Value(_onBehalfOf)))
        {
            throw CliException.Usage("--owner, --role and --on-behalf-of need --admin: a key of your own is yours, opens no admin route, and acts for nobody else");
        }

        var body = Body(run);
        var (client, path) = await KeyCommands.OpenAsync(run, isAdmin, cancellationToken);
        var created = await client.CallAsync(HttpMethod.Post, path, cancellationToken, body);
        WriteKey(run, created, $"Key {Printable.Line(created.Text("id") ?? "", 64)} is made. It is shown this once:");
    }

    /// <summary>The key alone goes to the output.</summary>
    public static void WriteKey(Invocation run, JsonNode? answer, string message)
    {
        if (run.Json)
        {
            run.WriteJson(answer);
            return;
        }

        run.Terminal.Say(message);
        run.Terminal.Output.WriteLine(answer.Text("key") ?? throw new CliException(ExitCodes.Failed, "The gateway's answer holds no key"));
    }

    private JsonObject Body(Invocation run)
    {
        var body = new JsonObject { ["name"] = run.Value(_name) };
        AddText(body, "owner", run.Value(_owner));
        AddText(body, "role", run.Value(_role));
        if (run.Value(_onBehalfOf))
        {
            body["on_behalf_of"] = true;
        }

        AddText(body, "project", run.Value(_project));
        AddTexts(body, "groups", run.Value(_groups));
        AddTexts(body, "models", run.Value(_models));
        AddTexts(body, "routes", run.Value(_routes));
        if (run.Value(_expires) is { } expires)
        {
            body["expires_at"] = PointInTime.Parse(expires, "--expires", run.Host.Time.GetUtcNow(), future: true);
        }

        return body;
    }

    private static void AddText(JsonObject body, string field, string? value)
    {
        if (value is not null)
        {
            body[field] = value;
        }
    }

    private static void AddTexts(JsonObject body, string field, string[]? values)
    {
        if (values is { Length: > 0 })
        {
            body[field] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        }
    }
}
