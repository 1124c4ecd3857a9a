using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Grains.Manifests.Assembly;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Keys and origins of one <c>endpoint_id</c> in <c>METIS_API_TOKENS</c>.</summary>
internal sealed record ProviderToken(ImmutableArray<string> Keys, ImmutableArray<string> Origins)
{
    public override string ToString() => $"{Keys.Length} key(s)";
}

/// <summary>Parses <c>METIS_API_TOKENS</c>: a key, a list of keys, or an object with <c>keys</c> and <c>origins</c> per <c>endpoint_id</c>.</summary>
internal static class ProviderTokens
{
    private const int MaxKeys = 16;
    private const int LongestWord = 15;

    private static readonly string[] KeyPrefixes = ["sk-", "sk_", "gsk_", "hf_", "xai-", "pplx-", "nvapi-", "AIza", "r8_"];

    /// <summary>What looks like a key in the wrong place is shortened.</summary>
    public static string Shown(string name) => LooksLikeKey(name) ? name[..Math.Min(8, name.Length / 2)] + "…" : name;

    public static bool TryParse(string? text, [NotNullWhen(true)] out ImmutableDictionary<string, ProviderToken>? tokens, [NotNullWhen(false)] out string? error)
    {
        tokens = ImmutableDictionary<string, ProviderToken>.Empty;
        error = null;
        if (text is null)
        {
            return true;
        }

        if (!JsonSetting.TryParseObject(text, out var document, out error))
        {
            tokens = null;
            return false;
        }

        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!TryReadToken(property.Value, out var token, out var problem))
                {
                    (tokens, error) = (null, $"the value of \"{Shown(property.Name)}\" {problem}");
                    return false;
                }

                tokens = tokens.SetItem(property.Name, token);
            }
        }

        return true;
    }

    // People write words; machines make long runs of letters and digits.
    private static bool LooksLikeKey(string name)
    {
        var (run, digits, letters) = (0, 0, 0);
        foreach (var character in name)
        {
            var isWord = char.IsLetterOrDigit(character);
            (run, digits, letters) = isWord ? (run + 1, digits + (char.IsDigit(character) ? 1 : 0), letters + (char.IsLetter(character) ? 1 : 0)) : (0, 0, 0);
            if (run > LongestWord && digits > 0 && letters > 0)
            {
                return true;
            }
        }

        return Array.Exists(KeyPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static bool TryReadToken(JsonElement value, [NotNullWhen(true)] out ProviderToken? token, [NotNullWhen(false)] out string? problem)
    {
        token = null;
        var (keyElement, origins) = (value, ImmutableArray<string>.Empty);
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (!value.TryGetProperty("keys", out keyElement))
            {
                problem = "has no \"keys\"";
                return false;
            }

            if (value.EnumerateObject().Any(static member => member.Name is not ("keys" or "origins")))
            {
                // A misspelt "origins" would bind the key to whatever the manifest names first. The name may be a key in the wrong place.
                problem = "has a field that is neither \"keys\" nor \"origins\"";
                return false;
            }

            if (!TryReadOrigins(value, out origins))
            {
                problem = "has \"origins\" that are not a list like [\"https://api.example.org\"]";
                return false;
            }
        }

        var keys = Strings(keyElement);
        if (keys.IsDefaultOrEmpty || keys.Length > MaxKeys || !keys.All(HeaderText.IsKey))
        {
            problem = $"must be a key, a list of 1 to {MaxKeys} keys (newest first), or {{\"keys\":[…],\"origins\":[…]}}; a key has no blanks and is printable ASCII";
            return false;
        }

        (token, problem) = (new ProviderToken(keys, origins), null);
        return true;
    }

    private static bool TryReadOrigins(JsonElement value, out ImmutableArray<string> origins)
    {
        origins = [];
        if (!value.TryGetProperty("origins", out var element))
        {
            return true;
        }

        var texts = Strings(element);
        // An empty list would bind the key to no origin, which nobody means who writes one.
        if (texts.IsDefaultOrEmpty)
        {
            return false;
        }

        var parsed = texts.Select(Origin.Parse).ToArray();
        origins = [.. parsed.OfType<string>()];
        return origins.Length == parsed.Length;
    }

    private static ImmutableArray<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array when element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. element.EnumerateArray().Select(item => item.GetString()!)],
        _ => default,
    };
}
