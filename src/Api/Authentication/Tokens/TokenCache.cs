using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gateway.Abstractions.Tokens;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>
/// Verified tokens by the hash of their whole text. Bounded by two generations: when the young one is full it becomes the
/// old one, and what nobody used since goes with the next change. A look-up takes no lock.
/// </summary>
internal sealed class TokenCache(TimeProvider time)
{
    public const int GenerationSize = 10_000;

    /// <summary>A withdrawn signing key must not live on in here until the last token expires; a new check is local and cheap.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly Lock _turn = new();
    private volatile ConcurrentDictionary<KeyHash, Entry> _young = new();
    private volatile ConcurrentDictionary<KeyHash, Entry> _old = new();
    private int _youngCount;

    public bool TryGet(KeyHash token, [NotNullWhen(true)] out Caller? caller)
    {
        var isYoung = _young.TryGetValue(token, out var entry);
        if ((isYoung || _old.TryGetValue(token, out entry)) && entry is not null && IsValid(entry))
        {
            if (!isYoung)
            {
                Add(token, entry);
            }

            caller = entry.Caller;
            return true;
        }

        caller = null;
        return false;
    }

    /// <summary>What was verified here.</summary>
    public void Add(KeyHash token, Caller caller, DateTimeOffset expires) =>
        Add(token, new Entry(caller, expires.UtcTicks, time.GetTimestamp(), MaxAge));

    /// <param name="askedAt">Timestamp from before the question.</param>
    public void Add(KeyHash token, Caller caller, long askedAt, TimeSpan validFor) =>
        Add(token, new Entry(caller, long.MaxValue, askedAt, validFor < TokenPolicy.MaxAge ? validFor : TokenPolicy.MaxAge));

    // An age is measured: the wall clock may be set back. Only what a token itself says is a time of the wall clock.
    private bool IsValid(Entry entry) => time.GetElapsedTime(entry.Since) < entry.MaxAge && time.GetUtcNow().UtcTicks < entry.Expires;

    private void Add(KeyHash token, Entry entry)
    {
        lock (_turn)
        {
            if (_youngCount >= GenerationSize)
            {
                _old = _young;
                _young = new();
                _youngCount = 0;
            }

            _young[token] = entry;
            _youngCount++;
        }
    }

    private sealed record Entry(Caller Caller, long Expires, long Since, TimeSpan MaxAge);
}
