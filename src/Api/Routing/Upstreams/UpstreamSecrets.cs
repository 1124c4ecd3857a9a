using Gateway.Abstractions.Manifests;
using Gateway.Silo.Settings;

namespace Gateway.Api.Routing.Upstreams;

/// <summary>The texts of an entry that no answer to a caller may contain.</summary>
public static class UpstreamSecrets
{
    /// <summary>Shorter names and header values (<c>1</c>, <c>us</c>, <c>api</c>) are likely to be ordinary words of an answer.</summary>
    private const int LeastLength = 8;

    private static readonly string[] AccountHeaders = ["openai-organization", "openai-project"];

    public static string[] Of(ManifestEntry entry, ProviderCredential? credential, Uri url)
    {
        var secrets = new HashSet<string>(Hosts(url), StringComparer.Ordinal);
        if (credential is not null)
        {
            secrets.UnionWith(credential.Keys);
            secrets.UnionWith(credential.Headers.Values.Where(value => value.Length >= LeastLength));
        }

        foreach (var name in AccountHeaders)
        {
            if (entry.Headers.FirstOrDefault(header => name.Equals(header.Key, StringComparison.OrdinalIgnoreCase)).Value is { } account)
            {
                secrets.Add(account);
            }
        }

        if (entry.EndpointId.Length >= LeastLength && !IsPublic(entry, entry.EndpointId))
        {
            secrets.Add(entry.EndpointId);
        }

        secrets.Remove("");
        return [.. secrets];
    }

    /// <summary>As the operator writes it and as the upstream is told it: a name beyond ASCII has two forms, an IPv6 address stands with brackets or without.</summary>
    private static IEnumerable<string> Hosts(Uri url) => Hosts(url.Host, url.Port).Concat(Hosts(url.IdnHost, url.Port));

    /// <summary>A host that could be a word is one where it stands as a host.</summary>
    private static string[] Hosts(string host, int port) => host.Length >= LeastLength || host.AsSpan().ContainsAny('.', ':') ? [host] : ["//" + host, $"{host}:{port}"];

    /// <summary>Callers see model names anyway; an account that is named like one must not make every answer suspicious.</summary>
    private static bool IsPublic(ManifestEntry entry, string text) =>
        entry.Model.Contains(text, StringComparison.OrdinalIgnoreCase) ||
        entry.Experts.Any(expert => expert.Contains(text, StringComparison.OrdinalIgnoreCase)) ||
        entry.Aliases.Values.Any(model => model.Contains(text, StringComparison.OrdinalIgnoreCase));
}
