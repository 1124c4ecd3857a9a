using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gateway.Silo.Settings;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>Every account has one key of its own unless a test says otherwise.</summary>
public sealed class FakeCredentials : IProviderCredentials
{
    private readonly ConcurrentDictionary<string, ProviderCredential?> known = new();
    private long version = 1;

    public long Version => Volatile.Read(ref version);

    public ProviderCredential? Find(string endpointId) => known.GetOrAdd(endpointId, id => Credential("sk-" + id));

    public void Set(string endpointId, params string[] keys)
    {
        known[endpointId] = keys.Length == 0 ? null : Credential(keys);
        Interlocked.Increment(ref version);
    }

    public void Set(string endpointId, ProviderCredential credential)
    {
        known[endpointId] = credential;
        Interlocked.Increment(ref version);
    }

    public static ProviderCredential Credential(params string[] keys) =>
        new() { Keys = [.. keys], Headers = ImmutableDictionary<string, string>.Empty, Origins = [] };
}
