namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>The clock of one silo: true time, and by how much its hands are off.</summary>
internal sealed class SimulatedTime(FakeTimeProvider truth) : TimeProvider
{
    public TimeSpan Off { get; set; }

    public override long TimestampFrequency => truth.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => truth.GetUtcNow() + Off;

    public override long GetTimestamp() => truth.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => truth.CreateTimer(callback, state, dueTime, period);
}
