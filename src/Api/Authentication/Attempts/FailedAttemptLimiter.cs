using System.Net;

namespace Gateway.Api.Authentication.Attempts;

/// <summary>
/// Bounds what failed look-ups of one address may cost:
/// (1) an address has a bucket of tokens, one a failure, refilled at 5/s;
/// (2) a look-up under way holds a token, so that parallel ones cannot pass together, and gives it back unless it fails;
/// (3) while the tokens are all held by look-ups under way, others wait for those to end instead of being refused: many good users may
/// start at once behind one address;
/// (4) only when failures have used up the tokens is anything refused.
/// </summary>
internal sealed class FailedAttemptLimiter(TimeProvider time)
{
    public const int Burst = 100;
    public const int MaxAddresses = 10_000;

    /// <summary>Waiting look-ups of all addresses together.</summary>
    public const int MaxWaiting = 20_000;

    public static readonly TimeSpan RefillInterval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, AttemptBucket> _buckets = [];
    private int _waiting;

    /// <summary>Begins a look-up. With a permit it may run, and <see cref="End"/> must follow.</summary>
    public async ValueTask<AttemptStart> BeginAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<bool>> turn;
        AttemptBucket bucket;
        lock (_gate)
        {
            bucket = Find(AddressKey.Of(address));
            bucket.Refill(time.GetUtcNow());
            if (bucket.HasFree)
            {
                bucket.Pending++;
                return new AttemptStart(bucket, default);
            }

            if (bucket.IsSpent || _waiting >= MaxWaiting)
            {
                return new AttemptStart(null, Wait(bucket));
            }

            turn = bucket.Waiting.AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting++;
        }

        await using var gone = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (limiter, bucket, turn) = ((FailedAttemptLimiter, AttemptBucket, LinkedListNode<TaskCompletionSource<bool>>))state!;
                limiter.Leave(bucket, turn, token);
            },
            (this, bucket, turn));
        return await turn.Value.Task ? new AttemptStart(bucket, default) : new AttemptStart(null, RefillInterval);
    }

    // Who hung up takes no place among those that wait.
    private void Leave(AttemptBucket bucket, LinkedListNode<TaskCompletionSource<bool>> turn, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (turn.List is not null)
            {
                bucket.Waiting.Remove(turn);
                _waiting--;
                turn.Value.TrySetCanceled(cancellationToken);
            }
        }
    }

    /// <summary>Ends a look-up that <see cref="BeginAsync"/> let run.</summary>
    /// <param name="permit">From its start.</param>
    /// <param name="failed">The credential was no good. False also when that could not be told.</param>
    public void End(AttemptBucket permit, bool failed)
    {
        lock (_gate)
        {
            permit.Refill(time.GetUtcNow());
            permit.Pending--;
            permit.Tokens -= failed ? Math.Min(1, permit.Tokens) : 0;
            LetWaitingRun(permit);
        }
    }

    private void LetWaitingRun(AttemptBucket bucket)
    {
        while (bucket.Waiting.Count > 0 && (bucket.HasFree || bucket.IsSpent))
        {
            _waiting--;
            var mayRun = bucket.HasFree;
            var turn = bucket.Waiting.First!.Value;
            bucket.Waiting.RemoveFirst();
            bucket.Pending += turn.TrySetResult(mayRun) && mayRun ? 1 : 0;
        }
    }

    private static TimeSpan Wait(AttemptBucket bucket) => RefillInterval * Math.Max(1 - bucket.Tokens, 0.1);

    private AttemptBucket Find(UInt128 key)
    {
        if (_buckets.TryGetValue(key, out var bucket))
        {
            return bucket;
        }

        if (_buckets.Count >= MaxAddresses)
        {
            DropIdle();
            if (_buckets.Count >= MaxAddresses)
            {
                // Attacked from more addresses than the table holds: newcomers share one bucket, nobody goes uncounted.
                key = UInt128.MaxValue;
                if (_buckets.TryGetValue(key, out bucket))
                {
                    return bucket;
                }
            }
        }

        bucket = new AttemptBucket(time.GetUtcNow());
        _buckets[key] = bucket;
        return bucket;
    }

    private void DropIdle()
    {
        var now = time.GetUtcNow();
        foreach (var (key, bucket) in _buckets)
        {
            bucket.Refill(now);
            if (bucket.IsIdle)
            {
                _buckets.Remove(key);
            }
        }
    }
}
