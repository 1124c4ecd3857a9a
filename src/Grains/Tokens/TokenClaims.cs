using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Gateway.Grains.Tokens;

/// <summary>An introspection response (RFC 7662, 2.2), read without trust in its types.</summary>
internal sealed class TokenClaims(JsonElement root)
{
    /// <summary>Of a claim. Limits and denials go by groups, so that none may be left out: whoever has more is denied.</summary>
    private const int MaxValues = 5_000;

    /// <summary>All groups of a caller are written down with each request, under the names that they have here, in an entry of 512 KiB at most.</summary>
    private const int MaxBytes = 384 * 1024;
    private const int BytesOfAlias = 64;

    private const double LastSecond = 253_402_300_799;

    public JsonElement Root => root;

    public bool IsActive => Find(root, "active")?.ValueKind == JsonValueKind.True;

    /// <summary><c>exp</c> and <c>nbf</c> are numbers, where they are there.</summary>
    public bool HasUsableTimes => IsTime("exp") && IsTime("nbf");

    public DateTimeOffset? Expires => Time("exp");

    public DateTimeOffset? NotBefore => Time("nbf");

    public string? Text(string claim) => Text(root, claim);

    /// <summary>An array of strings, or one string separated by spaces or commas, as scopes are.</summary>
    public ImmutableArray<string> Words(string claim) => Values(claim, text => Split(text, ' ', ','));

    /// <summary>An array of strings, or one string separated by commas: a blank belongs to a name.</summary>
    public ImmutableArray<string> Names(string claim) => Values(claim, text => Split(text, ','));

    /// <summary>An array of strings, or one string.</summary>
    public ImmutableArray<string> Texts(string claim) => Values(claim, text => [text]);

    /// <summary>There are more than anybody may have.</summary>
    public bool HasTooMany(string claim) => AreTooMany(Names(claim));

    public static bool AreTooMany(ImmutableArray<string> names) =>
        names.Length > MaxValues || names.Sum(name => BytesOfAlias + Encoding.UTF8.GetByteCount(name)) > MaxBytes;

    public static string? Text(JsonElement from, string name) => Find(from, name) is { } value && ClaimText.Of(value) is { Length: > 0 } text ? text : null;

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
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(ClaimText.Of).OfType<string>().Take(MaxValues + 1)],
        { ValueKind: JsonValueKind.String } value when ClaimText.Of(value) is { } text => [.. parts(text).Take(MaxValues + 1)],
        _ => [],
    };

    private static string[] Split(string text, params char[] separators) => text.Split(separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private bool IsTime(string claim) => Find(root, claim) is null or { ValueKind: JsonValueKind.Number or JsonValueKind.Null };

    // What lies beyond the calendar lies in the future all the same.
    private DateTimeOffset? Time(string claim) =>
        Find(root, claim) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var seconds)
            ? seconds > LastSecond ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeSeconds((long)Math.Max(0, seconds))
            : null;
}
