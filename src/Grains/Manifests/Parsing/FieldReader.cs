using System.Collections.Immutable;
using System.Text.Json;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>
/// Reads typed, bounded fields of one JSON object. The first wrong field is kept as <see cref="Problem"/>; JSON null counts as absent.
/// </summary>
internal sealed class FieldReader(JsonElement json, string prefix = "")
{
    public Rejection? Problem { get; private set; }

    public JsonElement? Field(string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (kinds.Contains(value.ValueKind))
        {
            return value;
        }

        Refuse(name, $"must be {Describe(kinds[0])}, not {Describe(value.ValueKind)}");
        return null;
    }

    public string? Text(string name, int maxLength)
    {
        if (Field(name, JsonValueKind.String)?.GetString() is not { } text)
        {
            return null;
        }

        return IsText(text, maxLength) ? text : Refuse<string>(name, TextRule(maxLength));
    }

    /// <summary>Words that only people read: nothing in them is a reason to go without the entry.</summary>
    public string? Words(string name, int maxLength) =>
        Field(name, JsonValueKind.String)?.GetString() is { } text ? PrintableText.OneLine(text, maxLength) : null;

    public int? Whole(string name, int min, int max) => (int?)Whole(name, (long)min, max);

    public long? Whole(string name, long min, long max)
    {
        if (Field(name, JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        return value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : RefuseValue<long>(name, $"must be a whole number from {min} to {max}");
    }

    public decimal? Number(string name, decimal min, decimal max)
    {
        if (Field(name, JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        return value.TryGetDecimal(out var number) && number >= min && number <= max
            ? number
            : RefuseValue<decimal>(name, FormattableString.Invariant($"must be a number from {min} to {max}"));
    }

    public TimeSpan? Seconds(string name) =>
        Number(name, 0.001m, ManifestBounds.LongestTimeoutSeconds) is { } seconds ? TimeSpan.FromSeconds((double)seconds) : null;

    public bool? Flag(string name) =>
        Field(name, JsonValueKind.True, JsonValueKind.False)?.GetBoolean();

    public T? Choice<T>(string name, ImmutableArray<KeyValuePair<string, T>> choices)
        where T : struct
    {
        if (Field(name, JsonValueKind.String)?.GetString() is not { } text)
        {
            return null;
        }

        foreach (var (word, value) in choices)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return RefuseValue<T>(name, $"must be one of {string.Join(", ", choices.Select(choice => choice.Key))}");
    }

    /// <summary>An array of names, repeated ones dropped.</summary>
    public ImmutableArray<string>? Names(string name, int maxCount, int maxLength = ManifestBounds.NameLength)
    {
        if (Field(name, JsonValueKind.Array) is not { } array)
        {
            return null;
        }

        if (array.GetArrayLength() > maxCount)
        {
            return RefuseValue<ImmutableArray<string>>(name, $"must have at most {maxCount} items");
        }

        var names = new List<string>(array.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { } text || !IsText(text, maxLength))
            {
                return RefuseValue<ImmutableArray<string>>(name, $"must be an array of texts of 1 to {maxLength} characters without control characters");
            }

            if (seen.Add(text))
            {
                names.Add(text);
            }
        }

        return [.. names];
    }

    /// <summary>An object of texts; a name that occurs twice is refused.</summary>
    public ImmutableDictionary<string, string>? Map(string name, int maxCount, int maxValueLength, StringComparer comparer, bool allowEmptyValues)
    {
        if (Field(name, JsonValueKind.Object) is not { } map)
        {
            return null;
        }

        var pairs = ImmutableDictionary.CreateBuilder<string, string>();
        var seen = new HashSet<string>(comparer);
        foreach (var pair in map.EnumerateObject())
        {
            var value = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : null;
            var isValue = value is not null && (IsText(value, maxValueLength) || (allowEmptyValues && value.Length == 0));
            if (!isValue || !IsText(pair.Name, ManifestBounds.NameLength) || !seen.Add(pair.Name) || pairs.Count == maxCount)
            {
                return Refuse<ImmutableDictionary<string, string>>(
                    name, $"must be an object of at most {maxCount} different names with texts of at most {maxValueLength} characters without control characters");
            }

            pairs.Add(pair.Name, value!);
        }

        return pairs.ToImmutable();
    }

    /// <summary>Reads a nested object, each of whose fields may be stated once; its problem becomes this reader's.</summary>
    public T? Nested<T>(string name, Func<FieldReader, T?> read)
        where T : class
    {
        if (Field(name, JsonValueKind.Object) is not { } value)
        {
            return null;
        }

        var inner = new FieldReader(value, name + ".");
        if (EntryFields.RepeatedIn(value, EntryFields.Nested[name].Contains) is { } repeated)
        {
            inner.Refuse(repeated, "is stated twice");
        }

        var result = read(inner);
        if (inner.Problem is { } problem)
        {
            Problem ??= problem with { Reason = RejectionReasons.Bad(name) };
            return null;
        }

        return result;
    }

    public void Refuse(string name, string rule) =>
        Problem ??= new Rejection(RejectionReasons.Bad(name), $"\"{prefix}{name}\" {rule}.");

    private T? Refuse<T>(string name, string rule)
        where T : class
    {
        Refuse(name, rule);
        return null;
    }

    private T? RefuseValue<T>(string name, string rule)
        where T : struct
    {
        Refuse(name, rule);
        return null;
    }

    private static string TextRule(int maxLength) => $"must be 1 to {maxLength} characters without control characters";

    private static bool IsText(string text, int maxLength) => PrintableText.IsName(text, maxLength);

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a text in quotes",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
