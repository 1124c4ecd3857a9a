using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Fuzzing.Credentials;
using Gateway.Testing.Fuzzing.Requests;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz.Cases;

/// <summary>Paths, queries and methods, of inference and of everything else.</summary>
internal static class PathCases
{
    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "M-SEARCH"];

    public static FuzzCase Create(FuzzRandom random, string id, FuzzCredentials credentials, InferenceDraft drafts) => random.Below(4) switch
    {
        0 => Inference(random, id, credentials, "POST", InferencePaths.Bad(random, InferenceDraft.Operation(random))),
        1 => Inference(random, id, credentials, random.Pick<string>(Methods), InferencePaths.Good(random, InferenceDraft.Operation(random), null)),
        2 => drafts.Good(random, id, CaseFamily.Path),
        _ => Reading(random, id, credentials),
    };

    private static FuzzCase Inference(FuzzRandom random, string id, FuzzCredentials credentials, string method, string path)
    {
        var body = RequestBodies.Create(random, FuzzOperation.Chat, "plain-0", stream: false).ToBytes(random);
        return new FuzzCase
        {
            Id = id,
            Family = CaseFamily.Path,
            Method = method,
            Request = RequestText.Create(method, path, id, CredentialHeaders.Good(random, credentials.Key), method is "GET" or "HEAD" ? null : body, random),
            Expectation = Expectation.Refused,
            Scripts = [UnaryScripts.Good(random, FuzzOperation.Chat)],
        };
    }

    private static FuzzCase Reading(FuzzRandom random, string id, FuzzCredentials credentials)
    {
        var method = random.OneIn(4) ? random.Pick<string>(Methods) : "GET";
        var headers = random.OneIn(4) ? "" : CredentialHeaders.Good(random, random.OneIn(8) ? credentials.Tokens[0] : credentials.Key);
        byte[]? body = method is "PUT" or "PATCH" ? System.Text.Encoding.UTF8.GetBytes(JsonGrammar.Value(random)) : null;
        if (random.OneIn(5))
        {
            // Never a key: no key has the field x.
            method = "POST";
            body = System.Text.Encoding.UTF8.GetBytes($$"""{{{JsonGrammar.Quote(random, random.Pick("name", "groups", "models", "overlap_seconds"))}}:{{JsonGrammar.Value(random)}},"x":{{JsonGrammar.Value(random)}}}""");
        }

        return new FuzzCase
        {
            Id = id,
            Family = CaseFamily.Path,
            Method = method,
            Request = RequestText.Create(method, method == "POST" && random.OneIn(2) ? "/v1/me/keys" : InferencePaths.Reading(random, "plain-1"), id, headers, body, random),
            Expectation = Expectation.Refused,
        };
    }
}
