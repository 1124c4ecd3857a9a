using System.Text;
using System.Text.Json;
using Gateway.Fuzz.Calls;
using Gateway.Testing.Fuzzing.Upstreams;

namespace Gateway.Fuzz.Oracles;

/// <summary>Judges an answer against the script of the upstream that was asked last.</summary>
/// <remarks>
/// 1. A success comes of a success only, and what looks whole is all that the upstream sent.
/// 2. What broke off is a beginning of it, without an end that a client would take for one.
/// 3. An error comes of an error only, says which one, and is JSON when it is ours.
/// </remarks>
internal static class AnsweredOracle
{
    private static readonly byte[][] SignsOfCompleteness =
        ["[DONE]"u8.ToArray(), "finish_reason"u8.ToArray(), "response.completed"u8.ToArray(), "response.failed"u8.ToArray(), "response.incomplete"u8.ToArray()];

    public static string? Judge(CaseWatch watch, UpstreamScript script, HttpAnswer answer)
    {
        var problem = answer.Status >= 300 ? JudgeError(script, answer)
            : script.Kind is ScriptKind.Rejects or ScriptKind.Fails or ScriptKind.Cools ? $"The upstream failed, and the answer is {answer.Status}."
            : script.Status is not 0 && script.Status != answer.Status && !IsStream(watch) ? $"The upstream answered {script.Status}, and the answer is {answer.Status}."
            : answer.IsWhole ? JudgeWhole(watch, script, answer)
            : JudgeCut(script, answer);
        return problem is null ? null : $"{problem} Upstream: {script.Name}, {script.Kind}, {script.Status}.";
    }

    private static string? JudgeWhole(CaseWatch watch, UpstreamScript script, HttpAnswer answer)
    {
        if (script.Kind is ScriptKind.Cut)
        {
            return "An answer that was cut looks whole.";
        }

        if (script is { Kind: ScriptKind.Unknown, Status: 0, Payload.Length: 0 })
        {
            return null;
        }

        var expected = watch.AskedForUsage && script.PayloadWithoutUsage is { } hidden ? hidden : script.Payload;
        if (!answer.Body.AsSpan().SequenceEqual(expected) && answer.Status != 204)
        {
            return $"The answer differs from the upstream's at byte {answer.Body.AsSpan().CommonPrefixLength(expected)} of {expected.Length}.";
        }

        var isStream = IsStream(watch) && answer["Content-Type"]?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is true;
        return isStream && !Array.Exists(SignsOfCompleteness, sign => answer.Body.AsSpan().IndexOf(sign) >= 0) ? "A stream without any sign of completeness ended as if it were complete." : null;
    }

    private static bool IsStream(CaseWatch watch) => watch.Case.Body is { } body && ExpectedBody.IsStream(body);

    private static string? JudgeCut(UpstreamScript script, HttpAnswer answer)
    {
        if (script.Kind is ScriptKind.Whole)
        {
            return "The upstream's answer is whole, and the caller's is cut.";
        }

        if (script.Payload.Length == 0)
        {
            return null;
        }

        var body = answer.Body.AsSpan();
        var named = body.LastIndexOf("event: error\ndata: "u8);
        var ending = named >= 0 ? named : body.LastIndexOf("data: {\"error\""u8);
        var isBeginning = IsBeginning(body, script) || (ending >= 0 && IsBeginning(body[..ending].TrimEnd("\r\n"u8), script));
        var common = body.CommonPrefixLength(script.Payload);
        return isBeginning ? null : $"What was sent before the cut is no beginning of the upstream's answer; after {common} of {script.Payload.Length} bytes it goes on: {JsonSerializer.Serialize(Encoding.UTF8.GetString(body[common..]))}.";
    }

    private static bool IsBeginning(ReadOnlySpan<byte> shown, UpstreamScript script) =>
        shown.Length <= (script.LastShown ?? int.MaxValue) && script.Payload.AsSpan().StartsWith(shown);

    private static string? JudgeError(UpstreamScript script, HttpAnswer answer)
    {
        if (script.Kind is ScriptKind.Whole)
        {
            return $"The upstream answered well, and the answer is {answer.Status}.";
        }

        if (!answer.IsWhole)
        {
            return "The error is not whole.";
        }

        var isOurs = answer.Status is 502 or 503 or 504 || (answer.Status == 429 && script.Kind is ScriptKind.Cools);
        if (answer.Status != script.Status && (!isOurs || script.Kind is ScriptKind.Rejects))
        {
            return $"The upstream's {script.Status} became {answer.Status}.";
        }

        var isPassedOn = script.Kind is ScriptKind.Rejects && answer.Body.AsSpan().SequenceEqual(script.Payload);
        return isPassedOn || AnswerOracle.IsJson(answer.Body) ? null : "The error is no JSON.";
    }
}
