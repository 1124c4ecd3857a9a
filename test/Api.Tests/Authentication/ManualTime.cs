namespace Gateway.Api.Tests.Authentication;

/// <summary>A clock that moves only when the test says so; its timers are real.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _advanced;
    private long _setBy;

    private static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromMilliseconds(Volatile.Read(ref _advanced) + Volatile.Read(ref _setBy));

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Volatile.Read(ref _advanced);

    /// <summary>Sets the wall clock, without any time passing.</summary>
    public void SetClock(TimeSpan by) => Interlocked.Add(ref _setBy, (long)by.TotalMilliseconds);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _advanced, (long)by.TotalMilliseconds);
}
