
namespace Gateway.Testing.Fuzzing.Bodies;

/// <summary>Ways to make a body harder to read, each with what must become of it.</summary>
public static class BodyMutations
{
    private static readonly string[] RoutingNames = ["model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "max_output_tokens", "n", "previous_response_id"];

    /// <param name="forbidden">A model that the caller must not reach.</param>
    /// <param name="modelInPath">The body's own model counts for nothing.</param>
    public static (byte[] Body, Expectation Expectation) Apply(FuzzRandom random, BodyDraft draft, FuzzOperation operation, string forbidden, bool modelInPath)
    {
        var bytes = () => draft.ToBytes(random);
        switch (random.Below(20))
        {
            case 0:
                // A second, same or differently spelled routing field: another reader could take this one.
                Ambiguous(random, draft, forbidden);
                return (bytes(), Expectation.Refused);
            case 1:
                // The field itself in escapes is the same field to every reader.
                var present = draft.Fields.Where(field => RoutingNames.Contains(field.Name.Trim('"'))).Select(field => field.Name.Trim('"')).ToList();
                if (present.Count > 0)
                {
                    var name = present[random.Below(present.Count)];
                    draft.Rename(name, JsonGrammar.Escaped(random, name));
                }

                return (bytes(), Expectation.Accepted);
            case 2:
                draft.Set("model", random.Pick("null", "7", "true", "[]", "{\"a\":1}", "\"\"", "[\"plain-0\"]", "\"\\ud800\"", $"\"{new string('m', 600)}\""));
                return (bytes(), Expectation.Refused);
            case 3:
                draft.Set("stream", random.Pick("\"true\"", "1", "[]", "{}", "0", "\"false\""));
                return (bytes(), Expectation.Refused);
            case 4:
                draft.Set("deep", JsonGrammar.Nested(random, random.Between(2, 200)));
                return (bytes(), Expectation.Accepted);
            case 5:
                draft.Set("deep", JsonGrammar.Nested(random, random.Between(257, 5_000)));
                return (bytes(), Expectation.Refused);
            case 6:
                return (Truncated(random, bytes()), Expectation.Refused);
            case 7:
                return ([.. bytes(), .. random.Pick<byte[]>("x"u8.ToArray(), "{}"u8.ToArray(), ","u8.ToArray(), [0], "]"u8.ToArray(), "null"u8.ToArray(), "//"u8.ToArray())], Expectation.Refused);
            case 8:
                return ([0xEF, 0xBB, 0xBF, .. bytes()], Expectation.Refused);
            case 9:
                return (WithText(draft, random, random.Pick<byte[]>([0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82])), Expectation.Refused);
            case 10:
                return (random.Pick<byte[]>("[]"u8.ToArray(), "null"u8.ToArray(), "\"model\""u8.ToArray(), "7"u8.ToArray(), " "u8.ToArray(), "{"u8.ToArray(), "{\"model\""u8.ToArray(), "[{}]"u8.ToArray()), Expectation.Refused);
            case 11:
                // Numbers and literals that only careless readers take.
                draft.Set("x", random.Pick("01", "+1", ".5", "1.", "0x10", "NaN", "Infinity", "TRUE", "undefined", "'a'", "\"\\x41\"", "\"a\nb\"", "/*c*/1", "1//c"));
                return (bytes(), Expectation.Refused);
            case 12:
                draft.Add("\"trailing\"", random.Pick("1,", "[1,]", "{\"a\":1,}", "[,1]", "1;"));
                return (bytes(), Expectation.Refused);
            case 13:
                var needed = operation switch { FuzzOperation.Chat => "messages", FuzzOperation.Completions => "prompt", FuzzOperation.Embeddings => "input", _ => "model" };
                draft.Remove(needed);
                return (bytes(), needed == "model" && modelInPath ? Expectation.Accepted : Expectation.Refused);
            case 14:
                // Other names may come as often as they like.
                draft.Add("\"x\"", JsonGrammar.Value(random));
                draft.Add("\"x\"", JsonGrammar.Value(random));
                draft.Add(random.Pick("\"\\ud800\"", "\"\\ud800 a name of some length\"", "\"mess\\udc00 ages\"", "\"\\u0069np\\uD83Dut\""), "1");
                return (bytes(), Expectation.Accepted);
            case 15:
                draft.Set("long", "\"" + random.Text(random.OneIn(20) ? random.Between(65_000, 400_000) : random.Between(4_000, 20_000)) + "\"");
                return (bytes(), Expectation.Accepted);
            case 16 when !modelInPath:
                draft.Set("model", JsonGrammar.Escaped(random, forbidden));
                return (bytes(), Expectation.Refused);
            case 17 when !modelInPath:
                draft.Set("model", $"\"no-such-{random.Text(5)}\"");
                return (bytes(), Expectation.Refused);
            default:
                return (ByteMutations.Apply(random, bytes()), Expectation.Unknown);
        }
    }

    private static void Ambiguous(FuzzRandom random, BodyDraft draft, string forbidden)
    {
        var name = random.Pick<string>(RoutingNames);
        if (!draft.Has(name))
        {
            draft.Set(name, name == "model" ? $"\"{forbidden}\"" : JsonGrammar.Value(random, 1));
        }

        var spelled = random.Below(4) switch
        {
            0 => $"\"{name}\"",
            1 => JsonGrammar.Escaped(random, name),
            2 => $"\"{name.ToUpperInvariant()}\"",
            // Unicode folding takes these for s and k.
            _ => $"\"{(name.Contains('s', StringComparison.Ordinal) ? name.Replace('s', '\u017F') : name.Replace('k', '\u212A').ToUpperInvariant())}\"",
        };
        var value = name == "model" ? $"\"{forbidden}\"" : JsonGrammar.Value(random, 1);
        if (random.Percent(50))
        {
            draft.Add(spelled, value);
        }
        else
        {
            draft.Fields.Insert(0, (spelled, value));
        }
    }

    /// <summary>Less than the whole object; never just without white space at its end.</summary>
    private static byte[] Truncated(FuzzRandom random, byte[] body) => body[..random.Below(Array.LastIndexOf(body, (byte)'}'))];

    private static byte[] WithText(BodyDraft draft, FuzzRandom random, byte[] content)
    {
        draft.Set("user", "\"~HERE~\"");
        var text = draft.ToBytes(random);
        var mark = "~HERE~"u8;
        var at = text.AsSpan().IndexOf(mark);
        return [.. text[..at], .. content, .. text[(at + mark.Length)..]];
    }
}
