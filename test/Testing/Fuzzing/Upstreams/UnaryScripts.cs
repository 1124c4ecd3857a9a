using System.Text;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.Fuzzing.Upstreams;

/// <summary>Answers in one piece: good ones, and errors in all the ways in which providers give them.</summary>
public static class UnaryScripts
{
    private static readonly int[] Rejections = [400, 404, 405, 409, 411, 413, 415, 418, 422, 424, 431, 451, 499];
    private static readonly int[] Failures = [408, 500, 501, 502, 503, 504, 520, 529, 599, 301, 302, 307, 304, 600, 999];

    public static UpstreamScript Good(FuzzRandom random, FuzzOperation operation)
    {
        var payload = Encoding.UTF8.GetBytes(random.Below(5) switch
        {
            0 => Large(random, operation),
            1 => """{"error":null,"choices":[],"data":[],"output":[],"x":""" + JsonGrammar.Value(random) + "}",
            _ => Body(operation, random.Text(random.Below(60))),
        });
        var headers = random.OneIn(3) ? random.Pick("x-request-id: up-1\r\n", "Set-Cookie: a=b\r\n", "openai-organization: org-secret\r\n", "Server: cloud\r\n", "x-request-id: a\r\nx-request-id: b\r\n", "X-Ratelimit-Remaining: 3\r\n") : "";
        return AnswerFraming.Whole(random, "good", 200, random.Pick("application/json", "application/json", "application/json; charset=utf-8", "text/plain", ""), payload, ScriptKind.Whole, headers);
    }

    /// <summary>Something in a 200 that no API would send, to be passed on as it is or taken for a failure.</summary>
    public static UpstreamScript Odd(FuzzRandom random, FuzzOperation operation)
    {
        var good = Encoding.UTF8.GetBytes(Body(operation, "x"));
        var payload = random.Below(4) switch
        {
            0 => ByteMutations.Apply(random, good),
            1 => random.Bytes(random.Below(300)),
            2 => Encoding.UTF8.GetBytes(JsonGrammar.Value(random)),
            _ => [],
        };
        var headers = random.Pick("", "", "Content-Encoding: gzip\r\n", "Content-Encoding: \u00e9\r\n", "Retry-After: x\r\n", "X-Empty:\r\n");
        return AnswerFraming.Whole(random, "odd", random.Pick(200, 200, 201, 202, 206, 299), random.Pick("application/json", "text/html", "text/event-stream", "x", "é"), payload, ScriptKind.Unknown, headers);
    }

    /// <summary>A success without a body, which some statuses demand.</summary>
    public static UpstreamScript Bodiless(FuzzRandom random)
    {
        var status = random.Pick(204, 205, 200);
        var bytes = Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Scripted\r\n{random.Pick("Content-Length: 0\r\n\r\n", "Content-Type: application/json\r\nContent-Length: 0\r\n\r\n")}");
        return new UpstreamScript { Name = "bodiless", Writes = [bytes], Kind = ScriptKind.Unknown, Status = status };
    }

    public static UpstreamScript Rejection(FuzzRandom random, string secret) =>
        AnswerFraming.Whole(random, "rejection", random.Pick<int>(Rejections), random.Pick("application/json", "text/html", ""), ErrorBody(random, secret), ScriptKind.Rejects, SecretHeader(random, secret));

    public static UpstreamScript Failure(FuzzRandom random, string secret)
    {
        var status = random.Pick<int>(Failures);
        return AnswerFraming.Whole(random, "failure", status, random.Pick("application/json", "text/html"), status == 304 ? [] : ErrorBody(random, secret), ScriptKind.Fails, SecretHeader(random, secret));
    }

    public static UpstreamScript Cooling(FuzzRandom random, string secret)
    {
        var status = random.Pick(429, 429, 503, 402, 401, 403);
        var wait = random.Pick("Retry-After: 1\r\n", "Retry-After: 99999999999999\r\n", "Retry-After: -5\r\n", "retry-after-ms: 1e9\r\n", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", "Retry-After: 0\r\n", "Retry-After: \r\n", "");
        return AnswerFraming.Whole(random, "cooling", status, "application/json", ErrorBody(random, secret), ScriptKind.Cools, wait + SecretHeader(random, secret));
    }

    /// <summary>A 200 that is an error all the same.</summary>
    public static UpstreamScript ErrorInSuccess(FuzzRandom random, string secret) =>
        AnswerFraming.Whole(random, "error in 200", 200, "application/json", Encoding.UTF8.GetBytes(OpenAiBodies.Error($"sorry {secret}")), ScriptKind.Fails, SecretHeader(random, secret));

    public static UpstreamScript Cut(FuzzRandom random, FuzzOperation operation)
    {
        var payload = Encoding.UTF8.GetBytes(random.OneIn(3) ? Large(random, operation) : Body(operation, random.Text(50)));
        return AnswerFraming.Cut(random, "cut", "application/json", payload[..random.Below(payload.Length)], mayEndCleanly: false);
    }

    private static byte[] ErrorBody(FuzzRandom random, string secret) => Encoding.UTF8.GetBytes(random.Below(8) switch
    {
        0 => "",
        1 => "<html>" + secret + "</html>",
        2 => $$$"""{"error":{{{JsonGrammar.Value(random)}}}}""",
        3 => OpenAiBodies.Error("no " + secret),
        4 => $$$"""{"error":{"message":{{{JsonGrammar.Escaped(random, "no " + secret)}}}}}""",
        5 => OpenAiBodies.Error(random.Text(random.Below(200_000))),
        6 => $$$"""{"error":{"message":"a","nested":{{{JsonGrammar.Nested(random, random.Between(1, 200))}}}}}""",
        _ => OpenAiBodies.Error("plain"),
    });

    private static string SecretHeader(FuzzRandom random, string secret) => random.OneIn(4) ? $"x-key: {secret}\r\n" : "";

    private static string Body(FuzzOperation operation, string content) => operation switch
    {
        FuzzOperation.Chat => OpenAiBodies.Chat("m", content),
        FuzzOperation.Completions => OpenAiBodies.Completion("m"),
        FuzzOperation.Embeddings => OpenAiBodies.Embedding("m"),
        _ => OpenAiBodies.Response("m"),
    };

    private static string Large(FuzzRandom random, FuzzOperation operation) =>
        Body(operation, "x")[..^1] + ",\"padding\":\"" + new string('p', random.OneIn(8) ? random.Between(60_000, 200_000) : random.Between(2_000, 10_000)) + "\"}";
}
