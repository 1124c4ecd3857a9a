using System.Collections.Immutable;

namespace Gateway.Grains.Manifests;

/// <summary>What the manifest may know of the keys in <c>METIS_API_TOKENS</c>: never their values.</summary>
public interface IProviderKeys
{
    /// <summary>Null: no key is configured for this <c>endpoint_id</c>.</summary>
    ProviderKeyInfo? Find(string endpointId);

    /// <summary>Counts up when a watched secret file brought other keys.</summary>
    long Version { get; }

    /// <summary>True: <c>METIS_API_HEADERS</c> adds secret headers for this <c>endpoint_id</c>, which are bound to an origin like a key.</summary>
    bool HasSecretHeaders(string endpointId) => false;
}

/// <param name="Origins">Origins named by the setting (<c>scheme://host:port</c>); empty: the first one seen is pinned.</param>
public sealed record ProviderKeyInfo(ImmutableArray<string> Origins);
