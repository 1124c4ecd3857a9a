using System.Security.Cryptography;
using Gateway.Testing.Upstreams;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Testing.Identity;

/// <summary>An OpenID provider on loopback: discovery, keys, and any token that a test wants signed.</summary>
public sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "inference-gateway";

    private readonly RSA rsa = RSA.Create(2048);
    private readonly ScriptedUpstream server;

    private TokenIssuer()
    {
        Key = new RsaSecurityKey(rsa) { KeyId = "key-1" };
        server = ScriptedUpstream.Start(exchange => Replies.Json(200, exchange.Request.Path.EndsWith("/jwks", StringComparison.Ordinal) ? KeySet() : Metadata())(exchange));
    }

    public RsaSecurityKey Key { get; }

    public string Authority => server.Origin;

    /// <summary>Requests for metadata and keys.</summary>
    public IReadOnlyCollection<ReceivedRequest> Requests => server.Requests;

    public static TokenIssuer Start() => new();

    /// <summary>A good token for one hour, changed as the test wants.</summary>
    public string Token(string user, string[]? groups = null, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Authority,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now.AddMinutes(-5),
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = user, ["groups"] = groups ?? [] },
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    /// <summary>The modulus as PEM, which a confused verifier would take for an HMAC secret.</summary>
    public byte[] PublicKeyPem() => System.Text.Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        rsa.Dispose();
    }

    private string Metadata() =>
        $$"""{"issuer":"{{Authority}}","jwks_uri":"{{Authority}}/jwks","authorization_endpoint":"{{Authority}}/authorize","token_endpoint":"{{Authority}}/token","response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}""";

    private string KeySet()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = Key.KeyId });
        return $$"""{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"{{Key.KeyId}}","n":"{{key.N}}","e":"{{key.E}}"}]}""";
    }
}
