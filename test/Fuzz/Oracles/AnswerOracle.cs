using System.Text;
using System.Text.Json;
using Gateway.Fuzz.Calls;
using Gateway.Fuzz.Cases;
using Gateway.Fuzz.World;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz.Oracles;

/// <summary>Judges what the caller was answered, knowing what its upstreams did.</summary>
internal static class AnswerOracle
{
    /// <summary>Refusals that come after parsing.</summary>
    private static readonly string[] RoutingCodes = ["model_not_found", "model_not_allowed", "model_unavailable", "rate_limit_exceeded", "upstream_quota", "upstream_auth", "upstream_error", "cluster_not_found"];

    /// <param name="answer">Null: the connection ended without one.</param>
    public static Verdict Judge(CaseWatch watch, HttpAnswer? answer, FuzzSecrets secrets)
    {
        var subject = watch.Case;
        var attempts = watch.Arrivals;
        var script = attempts > 0 && subject.Scripts.Count > 0 ? subject.ScriptFor(attempts) : null;
        if (watch.Problem is { } arrived)
        {
            return new Verdict("wrong arrival", true, arrived);
        }

        if (answer is null)
        {
            // After broken requests the caller ends its side, which the server may take for leaving.
            var isExplained = subject.Family is CaseFamily.Broken || script is { Kind: ScriptKind.Cut or ScriptKind.Unknown } || (attempts == 0 && subject.Expectation is not Expectation.Accepted);
            return new Verdict(script is null ? "closed without an answer" : "cut before its head", attempts > 0, isExplained ? null : $"The connection ended without an answer. {subject.Family}, {attempts} attempts, upstream: {script?.Name} {script?.Kind} {script?.Status}.");
        }

        var problem = JudgeAlways(subject, answer, secrets) ?? (script is null ? JudgeOwn(subject, answer) : AnsweredOracle.Judge(watch, script, answer));
        return new Verdict(Outcome(script, answer, attempts), attempts > 0 || (answer.Status == 200 && answer.Body.Length > 0) || Array.Exists(RoutingCodes, code => HasCode(answer, code)), problem);
    }

    public static bool HasCode(HttpAnswer answer, string code) => answer.Body.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\"code\":\"{code}\"")) >= 0;

    public static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 300 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? JudgeAlways(FuzzCase subject, HttpAnswer answer, FuzzSecrets secrets)
    {
        if (secrets.FoundIn(answer.Head) is { } inHead)
        {
            return $"The head of the answer holds {inHead}.";
        }

        if (secrets.FoundIn(answer.Body) is { } inBody)
        {
            return $"The body of the answer holds {inBody}.";
        }

        if (HasCode(answer, "internal_error"))
        {
            return "The gateway failed inside (internal_error).";
        }

        return answer.Status is >= 300 and < 400 ? $"The gateway redirects ({answer.Status})." : RequestIdOracle.Judge(subject.Request, answer);
    }

    /// <summary>Nothing reached an upstream.</summary>
    private static string? JudgeOwn(FuzzCase subject, HttpAnswer answer)
    {
        var cools = subject.MayBeCooling && answer.Status is 429 or 502 or 503;
        if (answer.Status >= 500 && !cools && !(subject.IdentityMayFail && HasCode(answer, "identity_unavailable")) && !IsProtocolAnswer(subject, answer))
        {
            return $"The gateway answered {answer.Status} though no upstream failed.";
        }

        if (!answer.IsWhole)
        {
            return "The gateway's own answer is not whole.";
        }

        if (subject.Expectation is Expectation.Accepted && !cools)
        {
            return $"It had to reach an upstream and was answered {answer.Status}.";
        }

        if (subject.Operation is not null && answer.Status < 400)
        {
            return $"It was answered {answer.Status} without any upstream.";
        }

        if (subject.Family is CaseFamily.Path && answer.Body.AsSpan().IndexOf("forbidden"u8) >= 0 && subject.Request.AsSpan().IndexOf("forbidden"u8) < 0)
        {
            return "It shows a model that the caller must not know of.";
        }

        var saysJson = answer["Content-Type"]?.StartsWith("application/json", StringComparison.Ordinal) is true;
        return saysJson && subject.Method != "HEAD" && !IsJson(answer.Body) ? "The answer is called JSON and is none." : null;
    }

    // Of the server, about the protocol itself.
    private static bool IsProtocolAnswer(FuzzCase subject, HttpAnswer answer) =>
        subject.Family is CaseFamily.Broken or CaseFamily.Path && answer is { Status: 501 or 505, Body.Length: 0 };

    private static string Outcome(UpstreamScript? script, HttpAnswer answer, int attempts)
    {
        if (script is null)
        {
            return answer.Status < 300 ? "answered by the gateway" : $"refused {answer.Status}";
        }

        var failedOver = attempts > 1 ? " after a failover" : "";
        return (answer.Status, answer.IsWhole) switch
        {
            ( < 300, true) => "answered whole" + failedOver,
            ( < 300, false) => "answered and visibly cut" + failedOver,
            ( < 500, _) => "upstream's error of the caller" + failedOver,
            _ => $"upstream failed {answer.Status}" + failedOver,
        };
    }
}
