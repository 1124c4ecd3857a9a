namespace Gateway.Api.Tests.Authentication;

/// <summary>A wall clock that moves only when the test says so. Its timers and elapsed times are real, plus what was advanced.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _advanced;

    private static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromMilliseconds(Volatile.Read(ref _advanced));

    public override long GetTimestamp() => base.GetTimestamp() + (Volatile.Read(ref _advanced) * TimestampFrequency / 1000);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _advanced, (long)by.TotalMilliseconds);
}
