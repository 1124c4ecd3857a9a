using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Identity.Tokens;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Identity.Commands;

internal sealed class LogoutCommand : CliCommand
{
    private readonly Option<bool> _forget = Flag("--forget", "Forgets the profile too: its gateway and how one signs in there.");

    public LogoutCommand(CliHost host, GlobalOptions globals)
        : base(host, globals, "logout", "Revokes the tokens at the identity provider and removes them from this machine. An API key is only removed.", "gateway logout", "gateway logout --profile work --forget") =>
        Add(_forget);

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var (name, profile) = await run.ProfileAsync(cancellationToken);
        var revoked = profile is { SignIn: { } settings, Credential: { } credential } && await RevokeAsync(run, settings, credential, cancellationToken);
        await run.Store.ChangeAsync(book => run.Value(_forget) ? Without(book, name) : book.With(name, book.Profiles[name] with { Credential = null }), cancellationToken);
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["profile"] = name, ["gateway"] = profile.Gateway, ["revoked"] = revoked });
            return;
        }

        run.Terminal.Say(profile switch
        {
            { Credential: null } => $"'{name}' was signed out already.",
            { Credential: { ApiKey: not null } key } => $"The API key of '{name}' is removed from this machine. It still works. To end it, sign in again and give: gateway keys revoke {key.KeyId ?? "ID (gateway keys list shows it)"}. Another time, do that before gateway logout",
            _ when revoked => $"'{name}' is signed out.",
            _ => $"'{name}' is signed out on this machine. The provider could not be told, so its tokens work until they expire.",
        });
    }

    private static async Task<bool> RevokeAsync(Invocation run, SignInSettings settings, Credential credential, CancellationToken cancellationToken)
    {
        var endpoint = new TokenEndpoint(run.Host);
        var revoked = true;
        foreach (var token in (string?[])[credential.RefreshToken, credential.AccessToken])
        {
            revoked &= token is null || await endpoint.RevokeAsync(settings, token, cancellationToken);
        }

        return revoked;
    }

    private static ProfileBook Without(ProfileBook book, string name)
    {
        var left = new SortedDictionary<string, Profile>(book.Profiles, StringComparer.Ordinal);
        left.Remove(name);
        return book with { Profiles = left, Default = book.Default == name ? left.Keys.FirstOrDefault() : book.Default };
    }
}
