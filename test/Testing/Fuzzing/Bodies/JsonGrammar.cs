using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Testing.Fuzzing.Bodies;

/// <summary>Valid JSON of every kind, seldom the pretty one.</summary>
public static class JsonGrammar
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "7", "128", "0.5", "1e3", "1E+2", "-1.5e-300", "1e999", "-1e999", "9007199254740993", "18446744073709551616", "0.1000000000000000055511151231257827",
        "123456789012345678901234567890123456789012345678901234567890", "2147483648", "-9223372036854775809",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "a", "null", "true", "[DONE]", "data: x\n\n", "\"model\":\"forbidden\"", "</script>", "😀", "e\u0301", "\u0000", "\u2028", "\uFEFF", "日本語", "../../etc", "{{model}}", "%s%n", "\\\\",
    ];

    public static string Value(FuzzRandom random, int depth = 3) => random.Below(depth > 0 ? 7 : 5) switch
    {
        0 => random.Pick("true", "false", "null"),
        1 => Number(random),
        2 or 3 or 4 => Text(random),
        5 => Array(random, depth - 1),
        _ => Object(random, depth - 1),
    };

    public static string Number(FuzzRandom random) =>
        random.Percent(70) ? random.Pick<string>(Numbers) : ((long)random.Next64()).ToString(CultureInfo.InvariantCulture);

    public static string Text(FuzzRandom random) => Quote(random, random.Percent(50) ? random.Pick<string>(Texts) : random.Text(random.Below(40)));

    /// <summary>JSON text of a string, with more escapes than needed now and then; one in forty is half of a surrogate pair, which JSON allows.</summary>
    public static string Quote(FuzzRandom random, string text)
    {
        if (random.OneIn(40))
        {
            return "\"" + random.Pick("\\ud800", "\\udfff", "a\\uD83Dz", "\\udc00\\ud800") + "\"";
        }

        return random.OneIn(6) ? Escaped(random, text) : JsonSerializer.Serialize(text);
    }

    /// <summary>The same text with some characters as escapes.</summary>
    public static string Escaped(FuzzRandom random, string text)
    {
        var json = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character is '"' or '\\' or < ' ' || random.Percent(40))
            {
                json.Append("\\u").Append(((int)character).ToString(random.Percent(50) ? "x4" : "X4", CultureInfo.InvariantCulture));
            }
            else
            {
                json.Append(character);
            }
        }

        return json.Append('"').ToString();
    }

    /// <summary>An array in an array, and so on; <paramref name="depth"/> of them.</summary>
    public static string Nested(FuzzRandom random, int depth) => random.Percent(50)
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static string Array(FuzzRandom random, int depth) =>
        "[" + string.Join(",", Enumerable.Range(0, random.Below(4)).Select(_ => Value(random, depth))) + "]";

    // The same name twice is valid JSON, and none of the gateway's business inside of values.
    private static string Object(FuzzRandom random, int depth) =>
        "{" + string.Join(",", Enumerable.Range(0, random.Below(4)).Select(_ => $"{Quote(random, random.Pick("a", "b", "model", "type", "stream"))}:{Value(random, depth)}")) + "}";
}
