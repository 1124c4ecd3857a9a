using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace Gateway.Conformance.Identity;

/// <summary>Signs a person in as a browser would: authorization code with PKCE, the provider's own pages, cookies, redirects.</summary>
internal static class BrowserSignIn
{
    private const string Callback = "http://127.0.0.1/callback";

    /// <summary>Tokens of the token endpoint: <c>access_token</c>, <c>refresh_token</c>, <c>id_token</c>.</summary>
    public static async Task<JsonNode> AsAsync(OidcProvider provider, string person, string resource, string client = "app", string scope = "openid offline_access chat")
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var browser = new HttpClient(handler) { BaseAddress = new Uri(provider.Origin) };
        var verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var code = await CodeAsync(browser, person, AuthorizationUrl(client, resource, scope, verifier));
        return await provider.TokensAsync(client, new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = verifier,
            ["resource"] = resource,
        });
    }

    public static async Task<string> TokenAsync(OidcProvider provider, string person, string resource, string client = "app", string scope = "openid offline_access chat") =>
        (await AsAsync(provider, person, resource, client, scope))["access_token"]!.GetValue<string>();

    private static string AuthorizationUrl(string client, string resource, string scope, string verifier)
    {
        var query = HttpUtility.ParseQueryString("");
        query["client_id"] = client;
        query["response_type"] = "code";
        query["redirect_uri"] = Callback;
        query["scope"] = scope;
        query["prompt"] = "consent";
        query["resource"] = resource;
        query["code_challenge_method"] = "S256";
        query["code_challenge"] = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return "/auth?" + query;
    }

    private static async Task<string> CodeAsync(HttpClient browser, string person, string start)
    {
        var isSignedIn = false;
        var next = new Uri(browser.BaseAddress!, start);
        for (var step = 0; step < 12; step++)
        {
            if (next.AbsoluteUri.StartsWith(Callback, StringComparison.Ordinal))
            {
                return HttpUtility.ParseQueryString(next.Query)["code"] ?? throw new InvalidOperationException($"The provider answered {next.Query}");
            }

            using var form = new FormUrlEncodedContent(isSignedIn ? new() { ["prompt"] = "consent" } : new Dictionary<string, string> { ["prompt"] = "login", ["login"] = person, ["password"] = "any" });
            var isPage = next.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal);
            isSignedIn |= isPage;
            using var answer = isPage ? await browser.PostAsync(next, form) : await browser.GetAsync(next);
            next = answer.Headers.Location is { } location ? new Uri(next, location) : throw new InvalidOperationException($"{next}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        throw new InvalidOperationException("The provider redirects for ever.");
    }
}
