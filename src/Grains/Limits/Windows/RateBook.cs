using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Windows;

/// <summary>The rates of one activation. Nothing is stored: a bucket begins empty if the activation before may just have given from it, else full.</summary>
internal sealed class RateBook(long storedAt)
{
    private static readonly long Refilled = (long)QuotaRules.WriteLease.TotalMilliseconds + 1_000;

    private readonly Dictionary<string, TokenBucket> _buckets = new(StringComparer.Ordinal);

    public WindowShare ShareOf(WindowRule rule, WindowWish wish, long now)
    {
        var rate = rule.LimitAt(now);
        if (wish.Minimum > rate)
        {
            return new WindowShare(wish, rule, null, 0, false, new LimitRefusal { Kind = RefusalKind.NeverFits, WindowId = rule.Id });
        }

        var bucket = Find(rule, rate, now);
        var level = bucket.Level(rate, now);
        var refusal = wish.Minimum <= level
            ? null
            : new LimitRefusal { Kind = RefusalKind.Exhausted, WindowId = rule.Id, RetryAt = DateTimeOffset.FromUnixTimeMilliseconds(bucket.FullAt(wish.Minimum, rate, now)) };

        // For all that wait now, so that they need not come one after the other; nothing for those to come.
        return new WindowShare(wish, rule, null, Math.Max(wish.Minimum, Math.Min(wish.Waiting, level)), true, refusal);
    }

    public void Take(WindowRule rule, long amount, long now)
    {
        var rate = rule.LimitAt(now);
        var bucket = Find(rule, rate, now);
        bucket.Take(amount, rate, now);
        _buckets[rule.Id] = bucket;
    }

    public WindowState StateOf(WindowRule rule, long now)
    {
        var rate = rule.LimitAt(now);
        var bucket = Find(rule, rate, now);
        return new WindowState
        {
            WindowId = rule.Id,
            Limit = rate,
            Used = rate - bucket.Level(rate, now),
            Reserved = 0,
            ResetsAt = DateTimeOffset.FromUnixTimeMilliseconds(bucket.FullAt(rate, rate, now)),
        };
    }

    // One that nothing was taken from is not kept, so that looking changes nothing.
    private TokenBucket Find(WindowRule rule, long rate, long now) =>
        _buckets.GetValueOrDefault(rule.Id) ?? (now >= storedAt + Refilled ? new TokenBucket(rate, now) : new TokenBucket(0, storedAt + Refilled - 1_000));
}
