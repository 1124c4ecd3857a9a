using System.Text;
using System.Text.Json;
using Gateway.Testing.Fuzzing.Bodies;

namespace Gateway.Testing.Fuzzing.Manifests;

/// <summary>Manifests and overlays: the documented format, then anything but.</summary>
public static class ManifestTexts
{
    private static readonly string[] Optional =
    [
        "priority", "weight", "dialect", "auth", "headers", "query", "aliases", "limits", "limit_group", "timeouts", "allowed_groups", "allowed_domains", "prices", "context_window",
        "probe", "cluster", "framework", "notice", "retry_unary", "forward_headers", "max_output_tokens", "input_extra_tokens",
    ];

    private static readonly string[] Urls =
    [
        "https://api.example.com/v1", "http://127.0.0.1:9/v1", "https://api.example.com", "http://169.254.169.254/latest", "ftp://a/b", "https://user:pass@host/v1", "https://host/v1#f", "//host/v1",
        "https://[::1]:8443/v1?api-version=1", "https://ex%41mple.com/", "http://0x7f.1/", "https://host:99999/", "javascript:alert(1)", "https://日本.example/v1", "https://h/../..//v1/", "", " ",
    ];

    /// <param name="prefix">Of every model, so that none of them is anybody else's.</param>
    public static byte[] Manifest(FuzzRandom random, string prefix)
    {
        if (random.Percent(40))
        {
            return Encoding.UTF8.GetBytes("{" + string.Join(",", Enumerable.Range(0, random.Between(1, 5)).Select(n => $"\"{prefix}{n}\":{Proper(random, prefix)}")) + "}");
        }

        var entries = Enumerable.Range(0, random.Below(6)).Select(n => $"{JsonGrammar.Quote(random, random.OneIn(8) ? "same" : prefix + n)}:{(random.OneIn(10) ? JsonGrammar.Value(random) : Entry(random, prefix))}");
        return Damaged(random, "{" + string.Join(",", entries) + "}");
    }

    public static byte[] Overlay(FuzzRandom random, string prefix)
    {
        var entries = Enumerable.Range(0, random.Below(4)).Select(n => $"{JsonGrammar.Quote(random, prefix + n)}:{{{string.Join(",", Options(random))}}}");
        return Damaged(random, "{" + string.Join(",", entries) + "}");
    }

    private static byte[] Damaged(FuzzRandom random, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Below(8) switch
        {
            0 => ByteMutations.Apply(random, bytes),
            1 => [0xEF, 0xBB, 0xBF, .. bytes],
            2 when random.OneIn(4) => Encoding.UTF8.GetBytes("{\"deep\":" + JsonGrammar.Nested(random, random.Between(20, 2_000)) + "}"),
            _ => bytes,
        };
    }

    /// <summary>As the format wants it, with options that are in order.</summary>
    private static string Proper(FuzzRandom random, string prefix)
    {
        var option = random.Pick(
            "\"priority\":-3", "\"weight\":100", "\"dialect\":\"azure\"", "\"auth\":\"api-key\"", "\"headers\":{\"X-A\":\"b\"}", "\"query\":{\"a\":\"\"}", "\"limits\":{\"rpm\":5}",
            "\"timeouts\":{\"connect\":0.5,\"total\":60}", "\"allowed_groups\":[\"physics\",\"lab/chem\"]", "\"allowed_groups\":[]", "\"aliases\":{\"fz-x\":\"real\"}", "\"probe\":\"tcp\"", "\"unknown\":[1]");
        return $$"""{"status":"{{random.Pick("Live", "live", "Offline")}}","url":"{{Urls[0]}}","endpoint_id":"account","experts":["{{prefix}}{{random.Below(9)}}"],{{option}}}""";
    }

    private static string Entry(FuzzRandom random, string prefix)
    {
        var fields = new List<string>
        {
            $"\"status\":{random.Pick("\"Live\"", "\"live\"", "\"LIVE \"", "\"Offline\"", "\"Maintenance\"", "\"x\"", "null", "7")}",
            $"\"url\":{JsonSerializer.Serialize(random.Percent(50) ? Urls[0] : random.Pick<string>(Urls))}",
            $"\"endpoint_id\":{random.Pick("\"account\"", "\"account\"", "\"other\"", "\"\"", "null", "[]")}",
            $"\"experts\":{random.Pick($"[\"{prefix}a\"]", $"[\"{prefix}a\",\"{prefix}b\"]", "[]", "[7]", "\"x\"", $"[\"{prefix}a\",\"{prefix}a\"]", "[\"\"]", "[\"\\ud800\"]")}",
            $"\"model\":{JsonGrammar.Quote(random, "A model")}",
        };
        fields.AddRange(Options(random));
        if (random.OneIn(5))
        {
            fields.RemoveAt(random.Below(fields.Count));
        }

        if (random.OneIn(10))
        {
            fields.Add(fields[random.Below(fields.Count)]);
        }

        return "{" + string.Join(",", fields) + "}";
    }

    private static List<string> Options(FuzzRandom random) =>
        Enumerable.Range(0, random.Below(4)).Select(_ => random.Pick<string>(Optional)).Distinct().Select(name => $"\"{name}\":{(random.Percent(60) ? Fitting(random, name) : JsonGrammar.Value(random))}").ToList();

    private static string Fitting(FuzzRandom random, string name) => name switch
    {
        "priority" or "weight" or "context_window" or "max_output_tokens" or "input_extra_tokens" => JsonGrammar.Number(random),
        "dialect" => random.Pick("\"openai\"", "\"anthropic\"", "\"azure\"", "\"OpenAI\""),
        "auth" => random.Pick("\"bearer\"", "\"x-api-key\"", "\"api-key\"", "\"none\""),
        "headers" or "query" or "aliases" => random.Pick("{\"X-A\":\"b\"}", "{}", "{\"Authorization\":\"x\"}", "{\"\":\"\"}", "{\"a\":\"\\u0000\"}", "{\"A\":\"1\",\"a\":\"2\"}", "{\"a\":null}"),
        "limits" => $"{{\"rpm\":{JsonGrammar.Number(random)},\"concurrency\":{JsonGrammar.Number(random)}}}",
        "timeouts" => $"{{\"connect\":{JsonGrammar.Number(random)},\"total\":{JsonGrammar.Number(random)}}}",
        "prices" => $"{{\"input\":{JsonGrammar.Number(random)},\"output\":{JsonGrammar.Number(random)}}}",
        "allowed_groups" or "allowed_domains" or "forward_headers" => random.Pick("[\"a\"]", "[]", "[\"a\",\"A\"]", "[\"\"]", "[\"a b\"]", "[null]", "[\"local/staff\"]"),
        "probe" => random.Pick("\"off\"", "\"models\"", "\"tcp\""),
        "retry_unary" => random.Pick("true", "false"),
        _ => random.Pick("\"\"", "\".\"", "\"a\"", "\"a/b\"", "\" \"", "\"é\""),
    };
}
