using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>What follows from the host when an entry does not say it.</summary>
internal static class DialectDefaults
{
    /// <summary>The newest dated API of Azure OpenAI that is generally available; <c>/openai/v1</c> takes none.</summary>
    public const string AzureApiVersion = "2024-10-21";

    private const string ApiVersion = "api-version";

    // The last are those of its clouds for governments and China.
    private static readonly ImmutableArray<string> AzureSuffixes =
    [
        ".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com",
        ".openai.azure.us", ".services.ai.azure.us", ".cognitiveservices.azure.us",
        ".openai.azure.cn", ".services.ai.azure.cn", ".cognitiveservices.azure.cn",
    ];

    public static Dialect Guess(Uri url)
    {
        var host = url.IdnHost.ToLowerInvariant();
        if (host == "api.anthropic.com")
        {
            return Dialect.Anthropic;
        }

        return AzureSuffixes.Any(suffix => host.EndsWith(suffix, StringComparison.Ordinal)) ? Dialect.Azure : Dialect.OpenAI;
    }

    /// <summary>
    /// Azure wants <c>api-key</c>. Everybody else takes a bearer token, Anthropic too: its <c>/v1</c> serves chat/completions
    /// with one, and its own Messages API accepts both.
    /// </summary>
    public static UpstreamAuth Auth(Dialect dialect) => dialect == Dialect.Azure ? UpstreamAuth.ApiKey : UpstreamAuth.Bearer;

    public static ImmutableDictionary<string, string> Query(Dialect dialect, Uri url, ImmutableDictionary<string, string> stated)
    {
        var needsVersion = dialect == Dialect.Azure
            && url.AbsolutePath.Contains("/openai/deployments/", StringComparison.OrdinalIgnoreCase)
            && !stated.Keys.Contains(ApiVersion, StringComparer.OrdinalIgnoreCase)
            && !StatesVersion(url.Query);
        return needsVersion ? stated.Add(ApiVersion, AzureApiVersion) : stated;
    }

    private static bool StatesVersion(string query) =>
        query.TrimStart('?').Split('&').Any(pair => pair.Split('=')[0].Equals(ApiVersion, StringComparison.OrdinalIgnoreCase));
}
