using System.Net;
using Gateway.Cli.Host;
using Gateway.Cli.Identity.Tokens;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Identity.Flows;

/// <summary>
/// Authorization code with PKCE (RFC 8252):
/// (1) a listener on a random loopback port, a random state and a verifier are made;
/// (2) the browser is sent to the provider, which sends it back to the listener with a code;
/// (3) the answer counts only with the state, and with the issuer where the provider names it;
/// (4) the code is redeemed with the verifier.
/// </summary>
public sealed class BrowserLogin(CliHost host, TokenEndpoint endpoint)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <param name="provider">Whose browser pages are used.</param>
    /// <param name="settings">Client, scope and service.</param>
    /// <param name="choices">How it is done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TokenAnswer> SignInAsync(Provider provider, SignInSettings settings, LoginChoices choices, CancellationToken cancellationToken)
    {
        if (provider.AuthorizationEndpoint is not { } authorizationEndpoint)
        {
            throw new CliException(ExitCodes.Failed, "The provider has no sign-in page. Use --device or --api-key");
        }

        var (state, pkce) = (Pkce.RandomText(), Pkce.Create());
        await using var callback = LoopbackCallback.Listen(state);
        var address = new Uri(WithQuery(authorizationEndpoint, Query(settings, callback.RedirectUri, state, pkce, choices.Again)));
        Show(address, choices.NoBrowser);

        var answer = await WaitAsync(callback, cancellationToken);
        Check(answer, provider);
        return await endpoint.AskAsync(
            settings,
            new()
            {
                ["grant_type"] = "authorization_code",
                ["code"] = answer.Code!,
                ["redirect_uri"] = callback.RedirectUri,
                ["code_verifier"] = pkce.Verifier,
            },
            cancellationToken);
    }

    /// <summary>The address with these parameters added.</summary>
    public static string WithQuery(string address, Dictionary<string, string> query) =>
        address + (address.Contains('?', StringComparison.Ordinal) ? '&' : '?') + string.Join('&', query.Select(pair => $"{pair.Key}={WebUtility.UrlEncode(pair.Value)}"));

    private static Dictionary<string, string> Query(SignInSettings settings, string redirect, string state, Pkce pkce, bool again)
    {
        var query = new Dictionary<string, string>
        {
            ["client_id"] = settings.ClientId,
            ["response_type"] = "code",
            ["redirect_uri"] = redirect,
            ["scope"] = settings.Scope,
            ["state"] = state,
            ["code_challenge"] = pkce.Challenge,
            ["code_challenge_method"] = "S256",
        };

        // OpenID Connect gives a refresh token only after a consent that was asked for.
        string[] prompts = [.. again ? ["login"] : Array.Empty<string>(), .. settings.Scope.Split(' ').Contains("offline_access") ? ["consent"] : Array.Empty<string>()];
        if (prompts.Length > 0)
        {
            query["prompt"] = string.Join(' ', prompts);
        }

        TokenEndpoint.AddTarget(query, settings);
        return query;
    }

    private void Show(Uri address, bool noBrowser)
    {
        var opened = !noBrowser && host.OpenBrowser(address);
        host.Terminal.Say(opened ? "Your browser shows the sign-in page. If it does not, open this address:" : "Open this address in a browser of this machine:");
        host.Terminal.Say(address.AbsoluteUri);
    }

    private async Task<CallbackAnswer> WaitAsync(LoopbackCallback callback, CancellationToken cancellationToken)
    {
        try
        {
            return await callback.Answer.WaitAsync(Patience, host.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new CliException(ExitCodes.Failed, $"Nobody signed in within {Patience.TotalMinutes:0} minutes");
        }
    }

    private static void Check(CallbackAnswer answer, Provider provider)
    {
        if (answer.Issuer is { } issuer ? issuer != provider.Issuer : provider.NamesIssuer)
        {
            throw new CliException(ExitCodes.Failed, "The answer in the browser is not of the provider that was asked. Nothing was sent to anybody");
        }

        if (answer.Error is not null)
        {
            throw new CliException(answer.Error == "access_denied" ? ExitCodes.Denied : ExitCodes.Failed, $"The provider refused the sign-in ({answer.Reason})");
        }
    }
}
