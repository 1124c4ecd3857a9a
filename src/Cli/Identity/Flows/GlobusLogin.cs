using Gateway.Cli.Host;
using Gateway.Cli.Identity.Tokens;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Identity.Flows;

/// <summary>
/// Globus Auth as its native apps use it. It has no device authorization; its own page shows the code, and the person pastes it here. That
/// works on machines without a browser too.
/// </summary>
public sealed class GlobusLogin(CliHost host, TokenEndpoint endpoint)
{
    public const string Address = "https://auth.globus.org";

    public static Provider ProviderAt(string address) => new()
    {
        Issuer = address,
        AuthorizationEndpoint = address + "/v2/oauth2/authorize",
        TokenEndpoint = address + "/v2/oauth2/token",
        RevocationEndpoint = address + "/v2/oauth2/token/revoke",
    };

    /// <summary>The scope of a service that is called with everything it offers, as gateways of the FIRST kind are.</summary>
    public static string ScopeOf(string service) => $"https://auth.globus.org/scopes/{service}/action_all";

    public async Task<TokenAnswer> SignInAsync(Provider provider, SignInSettings settings, LoginChoices choices, CancellationToken cancellationToken)
    {
        var pkce = Pkce.Create();
        var redirect = provider.Issuer + "/v2/web/auth-code";
        var address = new Uri(BrowserLogin.WithQuery(provider.AuthorizationEndpoint!, Query(settings, redirect, pkce, choices.Again)));
        if (!choices.NoBrowser)
        {
            host.OpenBrowser(address);
        }

        host.Terminal.Say("Sign in at this address, in any browser:");
        host.Terminal.Say(address.AbsoluteUri);
        await host.Terminal.Error.WriteAsync("Paste the code that the page shows: ");
        var code = (await host.Terminal.ReadLineAsync(cancellationToken))?.Trim();
        if (string.IsNullOrEmpty(code))
        {
            throw new CliException(ExitCodes.Failed, "No code was entered");
        }

        return await endpoint.AskAsync(
            settings,
            new()
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = redirect,
                ["code_verifier"] = pkce.Verifier,
            },
            cancellationToken);
    }

    private static Dictionary<string, string> Query(SignInSettings settings, string redirect, Pkce pkce, bool again)
    {
        var query = new Dictionary<string, string>
        {
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = redirect,
            ["scope"] = settings.Scope,
            ["state"] = "_default",
            ["response_type"] = "code",
            ["code_challenge"] = pkce.Challenge,
            ["code_challenge_method"] = "S256",
            ["access_type"] = "offline",
        };
        if (settings.Policies is { } policies)
        {
            query["session_required_policies"] = policies;
        }

        if (again)
        {
            query["prompt"] = "login";
        }

        return query;
    }
}
