using System.Text;
using System.Text.Json;

namespace Gateway.Fuzz.Oracles;

/// <summary>The body that an upstream must get, worked out anew and as plainly as possible.</summary>
internal static class ExpectedBody
{
    /// <param name="model">What the upstream is to be asked for.</param>
    /// <param name="changeModel">The body names another one, or none.</param>
    /// <param name="addUsage">Ask for usage.</param>
    public static byte[] Make(byte[] sent, string model, bool changeModel, bool addUsage)
    {
        var fields = TopLevel(sent);
        var edits = new List<(int Start, int End, string Text)>();
        var separator = fields.Count == 0 ? "" : ",";
        var first = sent.AsSpan().IndexOf((byte)'{') + 1;
        if (changeModel)
        {
            edits.Add(fields.TryGetValue("model", out var named) ? (named.Start, named.End, JsonSerializer.Serialize(model)) : (first, first, $"\"model\":{JsonSerializer.Serialize(model)}{separator}"));
        }

        if (addUsage)
        {
            edits.Add(Usage(sent, fields, first, separator));
        }

        // Two insertions at one place: the model goes first.
        var result = new List<byte>(sent);
        foreach (var (start, end, text) in edits.Select((edit, place) => (edit, place)).OrderByDescending(pair => pair.edit.Start).ThenByDescending(pair => pair.place).Select(pair => pair.edit))
        {
            result.RemoveRange(start, end - start);
            result.InsertRange(start, Encoding.UTF8.GetBytes(text));
        }

        return [.. result];
    }

    /// <summary>Null: the body names none.</summary>
    public static string? Model(byte[] body) => TopLevel(body).TryGetValue("model", out var range) ? JsonSerializer.Deserialize<string>(body.AsSpan(range.Start, range.End - range.Start)) : null;

    public static bool IsStream(byte[] body) => Is(body, TopLevel(body), "stream", "true");

    /// <summary>The caller wants the usage chunk itself.</summary>
    public static bool AsksForUsage(byte[] body)
    {
        var fields = TopLevel(body);
        if (!fields.TryGetValue("stream_options", out var options) || body[options.Start] != '{')
        {
            return false;
        }

        var inner = body[options.Start..options.End];
        return Is(inner, TopLevel(inner), "include_usage", "true");
    }

    /// <summary>Every top-level name, unescaped, with the place of its last value.</summary>
    public static Dictionary<string, (int Start, int End)> TopLevel(byte[] body)
    {
        var fields = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 300 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(reader);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            fields[name] = (start, (int)reader.BytesConsumed);
        }

        return fields;
    }

    private static (int Start, int End, string Text) Usage(byte[] sent, Dictionary<string, (int Start, int End)> fields, int first, string separator)
    {
        if (!fields.TryGetValue("stream_options", out var options))
        {
            return (first, first, $"\"stream_options\":{{\"include_usage\":true}}{separator}");
        }

        if (sent[options.Start] != '{')
        {
            return (options.Start, options.End, "{\"include_usage\":true}");
        }

        var inner = TopLevel(sent[options.Start..options.End]);
        return inner.TryGetValue("include_usage", out var stated)
            ? (options.Start + stated.Start, options.Start + stated.End, "true")
            : (options.Start + 1, options.Start + 1, "\"include_usage\":true" + (inner.Count == 0 ? "" : ","));
    }

    private static bool Is(byte[] body, Dictionary<string, (int Start, int End)> fields, string name, string value) =>
        fields.TryGetValue(name, out var range) && body.AsSpan(range.Start, range.End - range.Start).SequenceEqual(Encoding.ASCII.GetBytes(value));

    private static string Name(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: nobody's field.
            return $"unreadable at {reader.TokenStartIndex}";
        }
    }
}
