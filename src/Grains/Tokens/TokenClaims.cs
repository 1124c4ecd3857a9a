using System.Collections.Immutable;
using System.Text.Json;

namespace Gateway.Grains.Tokens;

/// <summary>An introspection response (RFC 7662, 2.2), read without trust in its types.</summary>
internal sealed class TokenClaims(JsonElement root)
{
    private const int MaxValues = 1_000;
    private const double LastSecond = 253_402_300_799;

    public JsonElement Root => root;

    public bool IsActive => Find(root, "active")?.ValueKind == JsonValueKind.True;

    public DateTimeOffset? Expires => Time("exp");

    public DateTimeOffset? NotBefore => Time("nbf");

    public string? Text(string claim) => Text(root, claim);

    /// <summary>An array of strings, or one string separated by spaces or commas, as scopes are. At most the first 1,000.</summary>
    public ImmutableArray<string> Words(string claim) => Values(claim, text => Split(text, ' ', ','));

    /// <summary>An array of strings, or one string separated by commas: a blank belongs to a name. At most the first 1,000.</summary>
    public ImmutableArray<string> Names(string claim) => Values(claim, text => Split(text, ','));

    /// <summary>An array of strings, or one string. At most the first 1,000.</summary>
    public ImmutableArray<string> Texts(string claim) => Values(claim, text => [text]);

    public static string? Text(JsonElement from, string name) => Find(from, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>By exact name, else as a path: <c>realm_access.roles</c>.</summary>
    public static JsonElement? Find(JsonElement from, string claim)
    {
        if (from.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (from.TryGetProperty(claim, out var value))
        {
            return value;
        }

        var current = from;
        foreach (var part in claim.Split('.'))
        {
            if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(part, out current))
            {
                return null;
            }
        }

        return current;
    }

    private ImmutableArray<string> Values(string claim, Func<string, IEnumerable<string>> parts) => Find(root, claim) switch
    {
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).Take(MaxValues)],
        { ValueKind: JsonValueKind.String } text => [.. parts(text.GetString()!).Take(MaxValues)],
        _ => [],
    };

    private static string[] Split(string text, params char[] separators) => text.Split(separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private DateTimeOffset? Time(string claim) =>
        Find(root, claim) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}
