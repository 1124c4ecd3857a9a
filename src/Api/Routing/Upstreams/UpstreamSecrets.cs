using Gateway.Abstractions.Manifests;
using Gateway.Silo.Settings;

namespace Gateway.Api.Routing.Upstreams;

/// <summary>The texts of an entry that no answer to a caller may contain.</summary>
public static class UpstreamSecrets
{
    /// <summary>Shorter account names are likely to be ordinary words of an answer.</summary>
    private const int LeastAccountLength = 8;

    private static readonly string[] AccountHeaders = ["openai-organization", "openai-project"];

    public static string[] Of(ManifestEntry entry, ProviderCredential? credential, Uri url)
    {
        var secrets = new HashSet<string>(StringComparer.Ordinal) { url.Host };
        if (credential is not null)
        {
            secrets.UnionWith(credential.Keys);
            secrets.UnionWith(credential.Headers.Values);
        }

        foreach (var name in AccountHeaders)
        {
            if (entry.Headers.FirstOrDefault(header => name.Equals(header.Key, StringComparison.OrdinalIgnoreCase)).Value is { } account)
            {
                secrets.Add(account);
            }
        }

        if (entry.EndpointId.Length >= LeastAccountLength && !IsPublic(entry, entry.EndpointId))
        {
            secrets.Add(entry.EndpointId);
        }

        secrets.Remove("");
        return [.. secrets];
    }

    /// <summary>Callers see model names anyway; an account that is named like one must not make every answer suspicious.</summary>
    private static bool IsPublic(ManifestEntry entry, string text) =>
        entry.Model.Contains(text, StringComparison.OrdinalIgnoreCase) ||
        entry.Experts.Any(expert => expert.Contains(text, StringComparison.OrdinalIgnoreCase)) ||
        entry.Aliases.Values.Any(model => model.Contains(text, StringComparison.OrdinalIgnoreCase));
}
