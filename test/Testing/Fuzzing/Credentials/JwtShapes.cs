using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Testing.Fuzzing.Credentials;

/// <summary>JSON web tokens that must not be taken, most of them one step away from a good one.</summary>
public static class JwtShapes
{
    private static readonly string[] Algorithms =
        ["none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "RS256 ", "rs256", "RS1", "EdDSA", "", "A128KW", "dir", "ES256K", "PS256\\u0000"];

    private static readonly string[] KeyIds =
        ["../../../../dev/null", "key-1' OR '1'='1", "key-1\\u0000", "KEY-1", "http://127.0.0.1/jwks", "", "|id", "key-2"];

    private static readonly string[] HeaderExtras =
        ["\"crit\":[\"exp\"]", "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}", "\"jku\":\"http://127.0.0.1:1/k\"", "\"x5u\":\"http://127.0.0.1:1/k\"", "\"b64\":false,\"crit\":[\"b64\"]", "\"zip\":\"DEF\"", "\"typ\":\"JWE\""];

    /// <param name="good">A token that is accepted.</param>
    /// <param name="publicKey">What a confused verifier would take for an HMAC secret.</param>
    public static string Bad(FuzzRandom random, string good, byte[] publicKey)
    {
        var parts = good.Split('.');
        switch (random.Below(12))
        {
            case 0:
                return $"{Encode($$"""{"alg":"{{random.Pick<string>(Algorithms)}}","typ":"JWT","kid":"key-1"}""")}.{parts[1]}.{random.Pick("", parts[2])}";
            case 1:
                var signed = $"{Encode("""{"alg":"HS256","typ":"JWT","kid":"key-1"}""")}.{parts[1]}";
                return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(publicKey, Encoding.ASCII.GetBytes(signed)))}";
            case 2:
                return $"{Encode($$"""{"alg":"RS256","typ":"JWT","kid":"{{random.Pick<string>(KeyIds)}}"}""")}.{parts[1]}.{parts[2]}";
            case 3:
                return $"{Encode($$"""{"alg":"RS256",{{random.Pick<string>(HeaderExtras)}},"kid":"key-1"}""")}.{parts[1]}.{parts[2]}";
            case 4:
                return $"{parts[0]}.{Encode($$"""{"iss":"x","sub":{{random.Pick("\"root\"", "null", "[]", "7", "\"\\ud800\"")}},"aud":{{random.Pick("\"inference-gateway\"", "[]", "{}")}},"exp":{{random.Pick("1e999", "-1", "\"x\"", "99999999999999999999", "null", "4102444800")}}}""")}.{parts[2]}";
            case 5:
                return $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(random.Bytes(random.Pick(0, 1, 32, 64, 255, 256, 257, 512)))}";
            case 6:
                return Changed(random, good);
            case 7:
                return random.Pick("..", "a.b.c", "e30.e30.e30", "e30.e30.", ".e30.", "bnVsbA.bnVsbA.AA", "W10.W10.AA", "eyJ.eyJ.eyJ");
            case 8:
                return $"{Encode(Bodies.JsonGrammar.Value(random))}.{Encode(Bodies.JsonGrammar.Value(random))}.{parts[2]}";
            case 9:
                // One in the other, as deep as a header can hold.
                return $"{Encode("""{"alg":"RS256","typ":"JWT","cty":"JWT","kid":"key-1"}""")}.{Base64Url.EncodeToString(Encoding.ASCII.GetBytes(good))}.{parts[2]}";
            case 10:
                return $"{parts[0]}.{Encode("{\"a\":" + Bodies.JsonGrammar.Nested(random, random.Between(60, 3_000)) + "}")}.{parts[2]}";
            default:
                return $"{parts[0]}.{parts[1]}{random.Text(random.Between(1, 15_000))}.{parts[2]}";
        }
    }

    /// <summary>One character other than it was; not the last one, some of whose bits decode to nothing.</summary>
    private static string Changed(FuzzRandom random, string good)
    {
        var at = random.Below(good.Length - 1);
        var other = good[at] switch { '.' => 'A', 'A' => 'B', _ => 'A' };
        return string.Concat(good.AsSpan(0, at), [other], good.AsSpan(at + 1));
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
