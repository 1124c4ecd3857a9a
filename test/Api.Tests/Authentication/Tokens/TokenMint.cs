using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Tests.Authentication.Tokens;

/// <summary>Makes tokens part by part, so that every part can be wrong.</summary>
internal sealed class TokenMint
{
    public const string Audience = "gateway";

    private readonly OidcDouble _provider;

    public TokenMint(OidcDouble provider)
    {
        _provider = provider;
        Key = provider.SigningKey;
        Header = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = Key.KeyId };
        Claims = new JsonObject { ["iss"] = provider.Issuer, ["aud"] = Audience, ["sub"] = "alice" };
    }

    public SecurityKey Key { get; private set; }

    public JsonObject Header { get; }

    public JsonObject Claims { get; }

    /// <summary>Null removes.</summary>
    public TokenMint With(string claim, JsonNode? value)
    {
        Set(Claims, claim, value);
        return this;
    }

    public TokenMint WithHeader(string name, JsonNode? value)
    {
        Set(Header, name, value);
        return this;
    }

    public TokenMint SignedBy(SecurityKey key, string algorithm)
    {
        Key = key;
        return WithHeader("alg", algorithm).WithHeader("kid", key.KeyId);
    }

    /// <summary>Half of a surrogate pair, as JSON can spell it and no text can hold it, stands for this word.</summary>
    public const string Half = "half-a-pair";

    /// <summary>Valid for an hour from <paramref name="time"/> unless the claims say otherwise.</summary>
    public string Write(TimeProvider time)
    {
        if (!Claims.ContainsKey("exp"))
        {
            Claims["exp"] = time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        }

        var content = Encode(Header.ToJsonString()) + "." + Encode(Claims.ToJsonString().Replace(Half, "\\ud83d", StringComparison.Ordinal));
        return content + "." + Base64UrlEncoder.Encode(Sign(Encoding.ASCII.GetBytes(content)));
    }

    /// <summary>Claims with <c>exp</c> removed for good.</summary>
    public string WriteWithoutExpiry()
    {
        Claims.Remove("exp");
        var content = Encode(Header.ToJsonString()) + "." + Encode(Claims.ToJsonString().Replace(Half, "\\ud83d", StringComparison.Ordinal));
        return content + "." + Base64UrlEncoder.Encode(Sign(Encoding.ASCII.GetBytes(content)));
    }

    /// <summary>The public key as an attacker of HS/RS confusion would use it.</summary>
    public byte[] PublicKeyPem() => Encoding.ASCII.GetBytes(_provider.SigningKey.Rsa.ExportSubjectPublicKeyInfoPem());

    private byte[] Sign(byte[] content)
    {
        var algorithm = (string)Header["alg"]!;
        return Key switch
        {
            _ when algorithm is "none" or "None" => [],
            RsaSecurityKey rsa when algorithm.StartsWith("PS") => rsa.Rsa.SignData(content, HashOf(algorithm), RSASignaturePadding.Pss),
            RsaSecurityKey rsa => rsa.Rsa.SignData(content, HashOf(algorithm), RSASignaturePadding.Pkcs1),
            ECDsaSecurityKey ec => ec.ECDsa.SignData(content, HashOf(algorithm)),
            SymmetricSecurityKey symmetric => HMACSHA256.HashData(symmetric.Key, content),
            _ => throw new NotSupportedException(),
        };
    }

    private static HashAlgorithmName HashOf(string algorithm) => new("SHA" + algorithm[2..]);

    private static string Encode(string json) => Base64UrlEncoder.Encode(json);

    private static void Set(JsonObject target, string name, JsonNode? value)
    {
        target.Remove(name);
        if (value is not null)
        {
            target[name] = value;
        }
    }
}
