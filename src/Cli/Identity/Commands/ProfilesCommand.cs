using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Commands;

internal sealed class ProfilesCommand : CliCommand
{
    private readonly Option<string?> _use = Text("--use", "NAME", "Makes this profile the default one.");

    public ProfilesCommand(CliHost host, GlobalOptions globals)
        : base(host, globals, "profiles", "Lists the gateways you have signed in to.", "gateway profiles", "gateway profiles --use work") =>
        Add(_use);

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var book = run.Value(_use) is { } name
            ? await run.Store.ChangeAsync(present => present.Profiles.ContainsKey(name) ? present with { Default = name } : throw CliException.Usage("There is no profile of that name. See: gateway profiles"), cancellationToken)
            : await run.Store.ReadAsync(cancellationToken);
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["data"] = new JsonArray([.. book.Profiles.Select(pair => (JsonNode)Describe(book, pair.Key, pair.Value))]) });
            return;
        }

        var table = new TextTable("PROFILE", "GATEWAY", "SIGNED IN", "");
        foreach (var (profile, settings) in book.Profiles)
        {
            table.Add(profile, settings.Gateway, KindOf(settings), profile == book.Default ? "default" : " ");
        }

        table.WriteTo(run.Terminal.Output);
    }

    private static JsonObject Describe(ProfileBook book, string name, Profile profile) => new()
    {
        ["name"] = name,
        ["gateway"] = profile.Gateway,
        ["admin_url"] = profile.AdminUrl,
        ["credential"] = KindOf(profile),
        ["issuer"] = profile.SignIn?.Issuer,
        ["expires_at"] = profile.Credential?.ExpiresAt?.UtcDateTime,
        ["default"] = name == book.Default,
    };

    private static string? KindOf(Profile profile) => profile.Credential switch
    {
        null => null,
        { ApiKey: not null } => "api_key",
        _ when profile.SignIn is { Globus: true } => "globus",
        _ => "oidc",
    };
}
