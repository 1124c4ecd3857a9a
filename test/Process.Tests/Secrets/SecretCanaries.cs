using System.Text;

namespace Gateway.Process.Secrets;

/// <summary>A value for every secret setting, each with a word in it that occurs nowhere else.</summary>
internal static class SecretCanaries
{
    /// <summary>What is left of a canary when the start of it was cut off must be found as well.</summary>
    private const string Tail = "0a1b2c3d4e5f60718293a4b5c6d7";

    private static readonly Dictionary<string, Func<string, string>> Texts = new()
    {
        ["METIS_STATUS_AUTHORIZATION"] = word => "Bearer " + word,
        ["METIS_API_TOKENS"] = word => $$"""{"account":"{{word}}","proxied":"{{word}}-2"}""",
        ["METIS_API_HEADERS"] = word => $$$"""{"account":{"X-Extra":"{{{word}}}"}}""",
        ["HTTPS_PROXY"] = word => $"http://proxyuser:{word}@127.0.0.1:9",
        ["GATEWAY_ADMIN_KEY"] = word => word,
        ["Gateway:Introspection:ClientSecret"] = word => word,
        ["GLOBUS_APPLICATION_SECRET"] = word => word,
        ["SERVICE_ACCOUNT_SECRET"] = word => word,
        ["GLOBUS_GROUP_MANAGER_SECRET"] = word => word,
        ["GLOBUS_ENDPOINT_CREDENTIALS_OVERRIDES"] = word => word,
        ["CLUSTER_SECRET"] = word => word,
        ["REDIS_URL"] = word => $"redis://:{word}@127.0.0.1:9",
        ["DATABASE_URL"] = word => $"postgres://gateway:{word}@127.0.0.1:9/gateway",
    };

    public static IEnumerable<string> Settings => Texts.Keys;

    public static string Word(string setting) => $"canary-{setting.ToLowerInvariant().Replace(':', '-').Replace('_', '-')}-{Tail}";

    /// <summary>Puts them where the process reads its settings.</summary>
    public static void Apply(IDictionary<string, string> environment, IEnumerable<string> settings)
    {
        foreach (var setting in settings)
        {
            environment[setting.Replace(":", "__", StringComparison.Ordinal)] = Texts[setting](Word(setting));
        }
    }

    /// <summary>Fails when any canary stands in the text, plain, upper case, or as part of basic credentials.</summary>
    public static void ExpectNone(string text, string where, params ReadOnlySpan<string> others)
    {
        foreach (var word in (string[])[.. Settings.Select(Word), .. others])
        {
            foreach (var form in Forms(word))
            {
                var at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
                (at < 0 ? null : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 200)]).Should().BeNull("{0} must not show {1}", where, word);
            }
        }
    }

    // Base64 has three spellings, by what stands before; the characters at both ends depend on the neighbours.
    private static IEnumerable<string> Forms(string word)
    {
        yield return word;
        for (var shift = 0; shift < 3; shift++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', shift) + word));
            yield return encoded[4..^4];
        }
    }
}
