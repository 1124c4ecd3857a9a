using Gateway.Abstractions.Manifests;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Upstreams;

/// <summary>The headers that an entry's requests carry besides those of the caller.</summary>
public static class UpstreamHeaders
{
    /// <summary>Manifest headers, then secret headers from the settings, then the key; later ones replace earlier ones of the same name.</summary>
    public static KeyValuePair<string, string>[] For(ManifestEntry entry, ProviderCredential? credential, string? key)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in entry.Headers)
        {
            headers[name] = value;
        }

        if (credential is not null)
        {
            foreach (var (name, value) in credential.Headers)
            {
                headers[name] = value;
            }
        }

        if (key is not null && KeyHeader(entry.Auth, key) is { } authentication)
        {
            headers[authentication.Key] = authentication.Value;
        }

        return [.. headers];
    }

    private static KeyValuePair<string, string>? KeyHeader(UpstreamAuth auth, string key) => auth switch
    {
        UpstreamAuth.Bearer => new("Authorization", "Bearer " + key),
        UpstreamAuth.XApiKey => new("x-api-key", key),
        UpstreamAuth.ApiKey => new("api-key", key),
        _ => null,
    };
}
