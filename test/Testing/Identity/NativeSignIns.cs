using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.Identity;

/// <summary>
/// Globus Auth's side of native apps: public clients with PKCE whose redirect is Globus's own page, which shows the code; refresh tokens for
/// those that ask for offline access, which are not replaced when they are used.
/// </summary>
/// <param name="issue">Makes an access token of a user.</param>
internal sealed class NativeSignIns(Func<GlobusUser, string> issue)
{
    public const string ClientId = "5f1cd8a2-native-app";

    private readonly ConcurrentDictionary<string, (GlobusUser User, string Challenge, string Redirect, string Scope, bool IsOffline)> _codes = new();
    private readonly ConcurrentDictionary<string, (GlobusUser User, string Scope)> _refreshTokens = new();

    private static string Scope => $"https://auth.globus.org/scopes/{GlobusDouble.ClientId}/action_all";

    public string Authorize(Uri address, string origin, GlobusUser user)
    {
        var asked = HttpUtility.ParseQueryString(address.Query);
        var redirect = origin + "/v2/web/auth-code";
        if (address.GetLeftPart(UriPartial.Path) != origin + "/v2/oauth2/authorize" || asked["client_id"] != ClientId || asked["redirect_uri"] != redirect
            || asked["response_type"] != "code" || asked["code_challenge_method"] != "S256" || asked["code_challenge"] is not { Length: 43 } challenge || asked["scope"] != Scope)
        {
            throw new InvalidOperationException($"Globus shows an error page for {address}");
        }

        var code = NewText(20);
        _codes[code] = (user, challenge, redirect, Scope, asked["access_type"] == "offline");
        return code;
    }

    /// <summary>Null: it is a grant of another kind.</summary>
    public UpstreamReply? Redeem(Dictionary<string, string> form) => form.GetValueOrDefault("grant_type") switch
    {
        "authorization_code" => IsOurs(form) && _codes.TryRemove(form.GetValueOrDefault("code", ""), out var signIn) && signIn.Redirect == form.GetValueOrDefault("redirect_uri") && signIn.Challenge == ChallengeOf(form.GetValueOrDefault("code_verifier", ""))
            ? Tokens(signIn.User, signIn.Scope, signIn.IsOffline ? NewRefreshToken(signIn.User, signIn.Scope) : null)
            : InvalidGrant(),
        "refresh_token" => IsOurs(form) && _refreshTokens.TryGetValue(form.GetValueOrDefault("refresh_token", ""), out var grant) ? Tokens(grant.User, grant.Scope, null) : InvalidGrant(),
        _ => null,
    };

    public void Revoke(string refreshToken) => _refreshTokens.TryRemove(refreshToken, out _);

    private static bool IsOurs(Dictionary<string, string> form) => form.GetValueOrDefault("client_id") == ClientId;

    private string NewRefreshToken(GlobusUser user, string scope)
    {
        var text = "Ag" + NewText(40);
        _refreshTokens[text] = (user, scope);
        return text;
    }

    private UpstreamReply Tokens(GlobusUser user, string scope, string? refreshToken)
    {
        var body = new JsonObject
        {
            ["access_token"] = issue(user),
            ["scope"] = scope,
            ["expires_in"] = (int)user.Lifetime.TotalSeconds,
            ["token_type"] = "Bearer",
            ["resource_server"] = GlobusDouble.ClientId,
            ["state"] = "_default",
            ["other_tokens"] = new JsonArray(),
        };
        if (refreshToken is not null)
        {
            body["refresh_token"] = refreshToken;
        }

        return Replies.Json(200, body.ToJsonString());
    }

    private static UpstreamReply InvalidGrant() => Replies.Json(400, """{"error":"invalid_grant"}""");

    private static string ChallengeOf(string verifier) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string NewText(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
