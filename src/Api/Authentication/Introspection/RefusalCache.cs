using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gateway.Api.Errors;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Introspection;

/// <summary>Tokens that were refused a moment ago: a broken job that repeats its token costs nobody anything. Two generations bound it.</summary>
internal sealed class RefusalCache(TimeProvider time)
{
    public const int GenerationSize = 10_000;

    private readonly Lock _turn = new();
    private volatile ConcurrentDictionary<KeyHash, Entry> _young = new();
    private volatile ConcurrentDictionary<KeyHash, Entry> _old = new();

    public int Count => _young.Count + _old.Count;

    public bool TryGet(KeyHash token, [NotNullWhen(true)] out GatewayError? error)
    {
        error = (_young.TryGetValue(token, out var entry) || _old.TryGetValue(token, out entry)) && time.GetElapsedTime(entry.AskedAt) < entry.ValidFor ? entry.Error : null;
        return error is not null;
    }

    /// <param name="askedAt">Timestamp from before the question.</param>
    public void Add(KeyHash token, GatewayError error, long askedAt, TimeSpan validFor)
    {
        lock (_turn)
        {
            if (_young.Count >= GenerationSize)
            {
                _old = _young;
                _young = new();
            }

            _young[token] = new Entry(error, askedAt, validFor);
        }
    }

    private sealed record Entry(GatewayError Error, long AskedAt, TimeSpan ValidFor);
}
