using System.Collections.Immutable;
using Gateway.Grains.Manifests;

namespace Gateway.Grains.Tests.Support;

internal sealed class FakeProviderKeys : IProviderKeys
{
    private readonly Dictionary<string, ProviderKeyInfo> _keys = [];
    private long _version = 1;

    public HashSet<string> SecretHeaders { get; } = [];

    /// <summary>Every question about a key throws.</summary>
    public bool IsBroken { get; set; }

    public long Version => Volatile.Read(ref _version);

    public static FakeProviderKeys With(params string[] endpointIds)
    {
        var keys = new FakeProviderKeys();
        foreach (var id in endpointIds)
        {
            keys.Set(id);
        }

        return keys;
    }

    public FakeProviderKeys Set(string endpointId, params string[] origins)
    {
        lock (_keys)
        {
            _keys[endpointId] = new ProviderKeyInfo([.. origins]);
        }

        Interlocked.Increment(ref _version);
        return this;
    }

    public void Remove(string endpointId)
    {
        lock (_keys)
        {
            _keys.Remove(endpointId);
        }

        Interlocked.Increment(ref _version);
    }

    public ProviderKeyInfo? Find(string endpointId)
    {
        if (IsBroken)
        {
            throw new InvalidOperationException("The keys cannot be asked.");
        }

        lock (_keys)
        {
            return _keys.GetValueOrDefault(endpointId);
        }
    }

    public bool HasSecretHeaders(string endpointId) => SecretHeaders.Contains(endpointId);
}
