using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Gateway.Grains.Manifests;
using Gateway.Silo.Settings.Readers;

namespace Gateway.Silo.Settings;

/// <summary>Provider keys and headers as the settings have them now; replaced as a whole when a watched file changes.</summary>
public sealed class ProviderCredentials : IProviderCredentials, IProviderKeys
{
    private readonly Lock _writing = new();
    private ImmutableDictionary<string, ProviderToken> _tokens = ImmutableDictionary<string, ProviderToken>.Empty;
    private ImmutableDictionary<string, ImmutableDictionary<string, string>> _headers = ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;
    private volatile FrozenDictionary<string, ProviderCredential> _current = FrozenDictionary<string, ProviderCredential>.Empty;
    private long _version = 1;

    public long Version => Volatile.Read(ref _version);

    /// <summary>Every <c>endpoint_id</c> in <c>METIS_API_TOKENS</c>.</summary>
    public IEnumerable<string> WithKeys => _tokens.Keys;

    /// <summary>Every <c>endpoint_id</c> in <c>METIS_API_HEADERS</c>.</summary>
    public IEnumerable<string> WithHeaders => _headers.Keys;

    public ProviderCredential? Find(string endpointId) => _current.GetValueOrDefault(endpointId);

    ProviderKeyInfo? IProviderKeys.Find(string endpointId) =>
        Find(endpointId) is { Keys.Length: > 0 } credential ? new ProviderKeyInfo(credential.Origins) : null;

    bool IProviderKeys.HasSecretHeaders(string endpointId) => Find(endpointId) is { Headers.Count: > 0 };

    /// <summary>Takes over <c>METIS_API_TOKENS</c>; what was there stays in force when it cannot be read.</summary>
    public bool TrySetTokens(string? text, [NotNullWhen(false)] out string? error)
    {
        if (!ProviderTokens.TryParse(text, out var tokens, out error))
        {
            return false;
        }

        Replace(() => _tokens = tokens);
        return true;
    }

    /// <summary>Takes over <c>METIS_API_HEADERS</c>; what was there stays in force when it cannot be read.</summary>
    public bool TrySetHeaders(string? text, [NotNullWhen(false)] out string? error)
    {
        if (!ProviderHeaders.TryParse(text, out var headers, out error))
        {
            return false;
        }

        Replace(() => _headers = headers);
        return true;
    }

    public override string ToString() => $"{_current.Count} endpoint(s)";

    private void Replace(Action change)
    {
        lock (_writing)
        {
            change();
            _current = _tokens.Keys.Union(_headers.Keys).ToFrozenDictionary(id => id, Combine, StringComparer.Ordinal);

            // Counted up last: whoever sees the new number finds the new keys.
            Volatile.Write(ref _version, _version + 1);
        }
    }

    private ProviderCredential Combine(string endpointId) => new()
    {
        Keys = _tokens.GetValueOrDefault(endpointId)?.Keys ?? [],
        Origins = _tokens.GetValueOrDefault(endpointId)?.Origins ?? [],
        Headers = _headers.GetValueOrDefault(endpointId) ?? ImmutableDictionary<string, string>.Empty,
    };
}
