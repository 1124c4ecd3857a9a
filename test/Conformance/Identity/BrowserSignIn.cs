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
        var verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var callback = await VisitAsync(provider, person, new Uri(provider.Origin + AuthorizationUrl(client, resource, scope, verifier)));
        return await provider.TokensAsync(client, new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = HttpUtility.ParseQueryString(callback.Query)["code"] ?? throw new InvalidOperationException($"The provider answered {callback.Query}"),
            ["redirect_uri"] = Callback,
            ["code_verifier"] = verifier,
            ["resource"] = resource,
        });
    }

    public static async Task<string> TokenAsync(OidcProvider provider, string person, string resource, string client = "app", string scope = "openid offline_access chat") =>
        (await AsAsync(provider, person, resource, client, scope))["access_token"]!.GetValue<string>();

    /// <summary>Signs in and consents at an address of the provider; where it sends the browser in the end, which is not visited.</summary>
    public static async Task<Uri> VisitAsync(OidcProvider provider, string person, Uri address)
    {
        using var browser = Browser(provider);
        return await FollowAsync(browser, person, address) ?? throw new InvalidOperationException("The provider sends the browser nowhere.");
    }

    /// <summary>Enters the code of a device, signs in and consents.</summary>
    public static async Task ApproveDeviceAsync(OidcProvider provider, string person, Uri address, string code)
    {
        using var browser = Browser(provider);
        using var page = await browser.GetAsync(address);
        var guard = (await page.Content.ReadAsStringAsync()).Split("name=\"xsrf\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["xsrf"] = guard, ["user_code"] = code, ["confirm"] = "yes" });
        using var answer = await browser.PostAsync(address.GetLeftPart(UriPartial.Path), form);
        (await FollowAsync(browser, person, new Uri(address, answer.Headers.Location ?? throw new InvalidOperationException(await answer.Content.ReadAsStringAsync())))).Should().BeNull("the last page is the provider's own");
    }

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

    private static HttpClient Browser(OidcProvider provider) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(provider.Origin) };

    /// <summary>Null: it ends with a page of the provider.</summary>
    private static async Task<Uri?> FollowAsync(HttpClient browser, string person, Uri next)
    {
        var isSignedIn = false;
        for (var step = 0; step < 12; step++)
        {
            if (next.GetLeftPart(UriPartial.Authority) != browser.BaseAddress!.GetLeftPart(UriPartial.Authority))
            {
                return next;
            }

            using var form = new FormUrlEncodedContent(isSignedIn ? new() { ["prompt"] = "consent" } : new Dictionary<string, string> { ["prompt"] = "login", ["login"] = person, ["password"] = "any" });
            var isPage = next.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal);
            isSignedIn |= isPage;
            using var answer = isPage ? await browser.PostAsync(next, form) : await browser.GetAsync(next);
            if (answer.Headers.Location is not { } location)
            {
                return answer.StatusCode == HttpStatusCode.OK ? null : throw new InvalidOperationException($"{next}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }

            next = new Uri(next, location);
        }

        throw new InvalidOperationException("The provider redirects for ever.");
    }
}
