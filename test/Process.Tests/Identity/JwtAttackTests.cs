using System.Security.Cryptography;
using System.Text;
using Gateway.Process.Rigs;
using Gateway.Testing.Identity;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Process.Identity;

public sealed class JwtAttackTests(JwtGateway shared) : IClassFixture<JwtGateway>
{
    [Fact]
    public async Task A_good_token_is_served()
    {
        using var response = await CallAsync(shared.Issuer.Token("alice"));

        (await response.ContentAsync()).Should().Be("Hello!");
    }

    [Fact]
    public async Task Whoami_names_the_user_of_the_token()
    {
        using var response = await shared.Gateway.GetAsync("/resource_server/whoami", shared.Issuer.Token("alice"));

        (await response.JsonAsync())["id"]!.GetValue<string>().Should().Contain("alice");
    }

    [Theory]
    [InlineData("alg none")]
    [InlineData("alg none, capitals")]
    [InlineData("RS key as HS secret")]
    [InlineData("wrong issuer")]
    [InlineData("wrong audience")]
    [InlineData("no audience")]
    [InlineData("wrong key")]
    [InlineData("own key in the header")]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    [InlineData("no expiry")]
    [InlineData("changed payload")]
    [InlineData("no signature")]
    [InlineData("not a token")]
    public async Task A_forged_or_stale_token_is_401(string attack)
    {
        using var response = await CallAsync(Forge(attack));

        var error = await response.ErrorAsync(HttpStatusCode.Unauthorized);
        error.Code().Should().Be("invalid_api_key");
        error.Message().Should().NotContain("IDX").And.NotContain("Exception").And.NotContain(shared.Issuer.Authority);
        response.Headers.WwwAuthenticate.Should().NotBeEmpty();
    }

    private string Forge(string attack)
    {
        var issuer = shared.Issuer;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        switch (attack)
        {
            case "alg none": return Unsigned("none") + ".";
            case "alg none, capitals": return Unsigned("NoNe") + ".";
            case "no signature": return Unsigned("RS256") + ".";
            case "RS key as HS secret":
                return issuer.Token("alice", change: token => token.SigningCredentials =
                    new SigningCredentials(new SymmetricSecurityKey(issuer.PublicKeyPem()) { KeyId = issuer.Key.KeyId }, SecurityAlgorithms.HmacSha256));
            case "wrong issuer": return issuer.Token("alice", change: token => token.Issuer = "http://127.0.0.1:1");
            case "wrong audience": return issuer.Token("alice", change: token => token.Audience = "someone-else");
            case "no audience": return issuer.Token("alice", change: token => token.Audience = null);
            case "wrong key":
            case "own key in the header":
                using (var stranger = RSA.Create(2048))
                {
                    return issuer.Token("alice", change: token =>
                    {
                        token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(stranger.ExportParameters(true)) { KeyId = issuer.Key.KeyId }, SecurityAlgorithms.RsaSha256);
                        if (attack == "own key in the header")
                        {
                            token.AdditionalHeaderClaims = new Dictionary<string, object> { ["jku"] = "http://127.0.0.1:1/jwks" };
                        }
                    });
                }

            case "expired":
                return issuer.Token("alice", change: token => (token.NotBefore, token.Expires) = (now.AddHours(-2), now.AddHours(-1)));
            case "not yet valid":
                return issuer.Token("alice", change: token => (token.NotBefore, token.Expires) = (now.AddHours(1), now.AddHours(2)));
            case "no expiry": return issuer.Token("alice", change: token => token.Expires = null);
            case "changed payload":
                var parts = issuer.Token("alice").Split('.');
                var payload = Base64UrlEncoder.Decode(parts[1]).Replace("alice", "admin", StringComparison.Ordinal);
                return $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
            case "not a token": return "aaaa.bbbb.cccc";
            default: throw new ArgumentOutOfRangeException(nameof(attack));
        }
    }

    private string Unsigned(string algorithm)
    {
        var header = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{shared.Issuer.Key.KeyId}}"}"""));
        return header + "." + shared.Issuer.Token("alice").Split('.')[1];
    }

    private Task<HttpResponseMessage> CallAsync(string token) =>
        shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("baseline"), token);
}
