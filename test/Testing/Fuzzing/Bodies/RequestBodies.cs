using System.Text.Json;

namespace Gateway.Testing.Fuzzing.Bodies;

/// <summary>Bodies that every reader of the API would take, with all that may stand in them.</summary>
public static class RequestBodies
{
    private static readonly string[] ExtraNames =
        ["temperature", "top_p", "stop", "seed", "user", "metadata", "tools", "tool_choice", "logit_bias", "response_format", "modalities", "store", "x", "日本", "MODEL_NAME", "models", "streams", "nn"];

    /// <param name="model">Null: the body names none.</param>
    public static BodyDraft Create(FuzzRandom random, FuzzOperation operation, string? model, bool stream)
    {
        var body = new BodyDraft();
        if (model is not null)
        {
            body.Set("model", random.OneIn(8) ? JsonGrammar.Escaped(random, model) : JsonSerializer.Serialize(model));
        }

        switch (operation)
        {
            case FuzzOperation.Chat:
                body.Set("messages", "[" + string.Join(",", Enumerable.Range(0, random.Between(0, 3)).Select(_ => Message(random))) + "]");
                break;
            case FuzzOperation.Completions:
                body.Set("prompt", JsonGrammar.Value(random));
                break;
            case FuzzOperation.Embeddings:
                body.Set("input", JsonGrammar.Value(random));
                break;
            default:
                body.Set("input", JsonGrammar.Value(random));
                break;
        }

        if (stream)
        {
            body.Set("stream", "true");
            AddStreamOptions(random, body);
        }
        else if (random.OneIn(3))
        {
            body.Set("stream", random.Pick("false", "null"));
        }

        AddTokenFields(random, body);
        for (var extra = random.Below(4); extra > 0; extra--)
        {
            body.Set(random.Pick<string>(ExtraNames), JsonGrammar.Value(random));
        }

        if (random.OneIn(3))
        {
            body.Shuffle(random);
        }

        return body;
    }

    private static void AddStreamOptions(FuzzRandom random, BodyDraft body)
    {
        if (random.Percent(40))
        {
            body.Set("stream_options", random.Pick(
                "null", "{}", "{ }", """{"include_usage":true}""", """{"include_usage":false}""", """{"include_usage":null}""",
                """{"a":[1,{"include_usage":false}]}""", """{ "include_obfuscation" : false , "\u0069nclude_usage" : false }"""));
        }
    }

    /// <summary>What bounds the output is a whole number or null; the gateway reads it, and the upstream is its judge, but for more answers than 1,024.</summary>
    private static void AddTokenFields(FuzzRandom random, BodyDraft body)
    {
        foreach (var name in (ReadOnlySpan<string>)["n", "max_tokens", "max_completion_tokens", "max_output_tokens"])
        {
            if (random.OneIn(6))
            {
                body.Set(name, name is "n"
                    ? random.Pick("null", "0", "1", "7", "1024", "-1", "-9223372036854775808", "-99999999999999999999", "1e3", "100.0")
                    : random.Pick("null", "0", "1", "7", "4096", "-1", "9223372036854775807", "99999999999999999999", "1e3", "100.0"));
            }
        }

        if (random.OneIn(6))
        {
            body.Set("previous_response_id", JsonGrammar.Value(random, 1));
        }
    }

    private static string Message(FuzzRandom random) =>
        $$"""{"role":{{random.Pick("\"user\"", "\"system\"", "\"assistant\"", "\"tool\"", "7")}},"content":{{JsonGrammar.Value(random, 2)}}}""";
}
