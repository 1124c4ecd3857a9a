namespace Gateway.Storage.Tests;

/// <summary>A clock that moves only when the test says so; its timers are real.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _advanced;
    private long _milliseconds = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _milliseconds));

    public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _advanced);

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _advanced, (long)(by.TotalSeconds * TimestampFrequency));
        Step(by);
    }

    /// <summary>Sets the clock: no time passes.</summary>
    public void Step(TimeSpan by) => Interlocked.Add(ref _milliseconds, (long)by.TotalMilliseconds);
}
