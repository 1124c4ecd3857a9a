using System.Net;

namespace Gateway.Fuzz.World;

/// <summary>An authorization server whose answers hang on the token: good for some, nonsense for others.</summary>
internal static class IntrospectionDouble
{
    public const string GoodToken = "opaque-good-";

    /// <summary>Answers in which nobody can read a verdict.</summary>
    public const string OddToken = "opaque-odd-";

    public static UpstreamReply Reply => exchange =>
    {
        var token = WebUtility.UrlDecode(exchange.Request.BodyText).Split('&').FirstOrDefault(part => part.StartsWith("token=", StringComparison.Ordinal))?["token=".Length..] ?? "";
        var random = new FuzzRandom(token.Length, token.Aggregate(17L, (sum, character) => unchecked((sum * 31) + character)));
        var body = token.StartsWith(GoodToken, StringComparison.Ordinal) ? $$"""{"active":true,"sub":"{{token}}"}"""
            : token.StartsWith(OddToken, StringComparison.Ordinal) ? Odd(random)
            : """{"active":false}""";
        return Replies.Json(200, body)(exchange);
    };

    private static string Odd(FuzzRandom random) => random.Below(6) switch
    {
        0 => Testing.Fuzzing.Bodies.JsonGrammar.Value(random),
        1 => random.Pick("""{"active":"true","sub":"x"}""", """{"active":1,"sub":"x"}""", """{"Active":true,"sub":"x"}""", """{"active":null}""", """{"active":false,"active":false}"""),
        2 => """{"active":true}""",
        3 => $$"""{"active":true,"sub":{{random.Pick("null", "7", "\"\"", "\"a\\u0000b\"", "[]", "\"\\ud800\"")}}}""",
        4 => """{"active":true,"sub":"x","exp":1}""",
        _ => random.Pick("", "{", "not json", "[{\"active\":true,\"sub\":\"x\"}]"),
    };
}
