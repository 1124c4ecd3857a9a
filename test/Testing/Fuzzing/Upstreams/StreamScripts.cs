using System.Text;
using Gateway.Testing.Fuzzing.Bodies;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.Fuzzing.Upstreams;

/// <summary>Streamed answers: whole ones however oddly written, cut ones, and ones with an error in them.</summary>
public static class StreamScripts
{
    private const string Label = "text/event-stream";

    public static UpstreamScript Whole(FuzzRandom random, FuzzOperation operation)
    {
        var style = EventStyle.Pick(random);
        var events = Events(random, operation);
        var ends = operation == FuzzOperation.Responses ? Completed(random) : End(random);
        var (full, withoutUsage) = style.Write([.. events, .. ends], IsUsage);
        var contentType = random.Pick(Label, Label, Label + "; charset=utf-8", "text/plain", "application/json");
        return AnswerFraming.Whole(random, "whole stream", 200, contentType, full, ScriptKind.Whole) with { PayloadWithoutUsage = withoutUsage };
    }

    /// <summary>Ends, in whichever way, before the first sign of completeness.</summary>
    public static UpstreamScript Cut(FuzzRandom random, FuzzOperation operation)
    {
        var payload = EventStyle.Pick(random).Write(Events(random, operation)).All;
        return AnswerFraming.Cut(random, "cut stream", Label, payload[..random.Between(0, payload.Length)], mayEndCleanly: true);
    }

    /// <summary>The upstream says in the middle that it failed, and may go on as if it had not.</summary>
    public static UpstreamScript Error(FuzzRandom random, FuzzOperation operation, string secret)
    {
        var style = EventStyle.Pick(random);
        var message = random.OneIn(2) ? "sorry" : "sorry " + secret;
        var error = operation == FuzzOperation.Responses || random.OneIn(4) ? $"event: error\ndata: {OpenAiBodies.Error(message)}\n\n" : $"data: {OpenAiBodies.Error(message)}\n\n";
        string[] before = random.OneIn(4) ? [] : Events(random, operation);
        var shown = style.Write([.. before, error]).All;
        string[] after = random.OneIn(2) ? [] : operation == FuzzOperation.Responses ? Completed(random) : End(random);
        var script = AnswerFraming.Whole(random, "error event", 200, Label, style.Write([.. before, error, .. after]).All, ScriptKind.Cut);
        return script with { LastShown = shown.Length };
    }

    /// <summary>Bytes changed anywhere; only what is said to be whole is judged.</summary>
    public static UpstreamScript Odd(FuzzRandom random, FuzzOperation operation)
    {
        var style = EventStyle.Pick(random);
        var ends = operation == FuzzOperation.Responses ? Completed(random) : [OpenAiBodies.Finish(), OpenAiBodies.Done];
        var payload = random.Below(4) switch
        {
            0 => ByteMutations.Truncate(random, style.Write([.. Events(random, operation), .. ends]).All),
            1 => Encoding.UTF8.GetBytes(random.Text(random.Below(500), "data: []{}\n\r\"event:error")),
            _ => ByteMutations.Apply(random, style.Write([.. Events(random, operation), .. ends]).All),
        };
        return AnswerFraming.Whole(random, "odd stream", 200, random.Pick(Label, Label, "application/json", ""), payload, ScriptKind.Unknown);
    }

    private static string[] Events(FuzzRandom random, FuzzOperation operation) => operation == FuzzOperation.Responses
        ? [.. Enumerable.Range(0, random.Between(1, 5)).Select(n => $"event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"sequence_number\":{n},\"delta\":{Content(random)}}}\n\n")]
        : [.. Enumerable.Range(0, random.Between(1, 5)).Select(_ => $"data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":{random.Pick(0, 0, 0, 1)},\"delta\":{{\"content\":{Content(random)}}},\"finish_reason\":null}}]}}\n\n")];

    private static string[] End(FuzzRandom random) => random.Below(4) switch
    {
        0 => [OpenAiBodies.Done],
        1 => [OpenAiBodies.Finish(), OpenAiBodies.UsageChunk(), OpenAiBodies.Done],
        2 => [OpenAiBodies.Finish(), OpenAiBodies.UsageChunk().Replace("\n\n", "\n: spoken\n\n", StringComparison.Ordinal), OpenAiBodies.Done],
        _ => [OpenAiBodies.Finish(), OpenAiBodies.Done],
    };

    private static string[] Completed(FuzzRandom random)
    {
        var type = random.Pick("response.completed", "response.completed", "response.failed", "response.incomplete");
        return [$"event: {type}\ndata: {{\"type\":\"{type}\",\"response\":{{\"id\":\"resp_1\",\"object\":\"response\"}}}}\n\n"];
    }

    private static bool IsUsage(string text) => text.Contains("\"usage\"", StringComparison.Ordinal);

    /// <summary>Never a sign of completeness, though it may look like one.</summary>
    private static string Content(FuzzRandom random) => random.Below(10) switch
    {
        0 => "\"[DONE]\"",
        1 => "\"\\n\\ndata: [DONE]\\n\\n\"",
        2 => "\"\\\"finish_reason\\\":\\\"stop\\\"\"",
        3 => JsonGrammar.Escaped(random, "response.completed"),
        4 => "\"" + new string('e', random.OneIn(10) ? random.Between(60_000, 90_000) : random.Between(100, 3_000)) + "\"",
        5 => "\"\\\"error\\\"\"",
        _ => JsonGrammar.Escaped(random, random.Text(random.Below(20))),
    };
}
