namespace Gateway.Grains.Limits.Clock;

/// <summary>
/// Whether this silo's clock may be gone by. It was compared with the store's (1) at most 5 s ago, (2) and it has not jumped since. An answer
/// holds for 10 s where the store does not give another; who asks shares one comparison.
/// </summary>
internal sealed class SiloClock(IStoreClock store, TimeProvider time)
{
    private static readonly TimeSpan Renewed = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Jump = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Comparison? _last;
    private Task<bool>? _running;

    /// <summary>Null: it must be compared first.</summary>
    public bool? IsRight => _last is { } last && last.Age(time) < Renewed && last.Drift(time) < Jump ? last.IsRight : null;

    public Task<bool> CompareAsync()
    {
        lock (_gate)
        {
            if (_running is not { IsCompleted: false })
            {
                _running = CompareOnceAsync();
            }

            return _running;
        }
    }

    private async Task<bool> CompareOnceAsync()
    {
        var (wall, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        try
        {
            var isRight = await store.IsOursRightAsync(CancellationToken.None).WaitAsync(QuotaRules.StorageBound, time).ConfigureAwait(false);
            _last = new Comparison(isRight, wall, timestamp);
            return isRight;
        }
        catch (Exception)
        {
            return _last is { IsRight: true } last && last.Age(time) < Kept && last.Drift(time) < Jump;
        }
    }

    private sealed record Comparison(bool IsRight, DateTimeOffset Wall, long Timestamp)
    {
        public TimeSpan Age(TimeProvider time) => time.GetElapsedTime(Timestamp);

        public TimeSpan Drift(TimeProvider time) => (time.GetUtcNow() - Wall - Age(time)).Duration();
    }
}
