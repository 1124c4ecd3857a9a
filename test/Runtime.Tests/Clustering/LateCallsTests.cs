using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class LateCallsTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new();
    private readonly LateCalls _calls;

    public LateCallsTests() => _calls = new(_clock);

    [Fact]
    public async Task they_end_a_moment_after_the_last_one()
    {
        var ending = _calls.EndAsync(TestContext.Current.CancellationToken);

        (await TimeUntilAsync(ending, elapsed => elapsed < TimeSpan.FromSeconds(1))).Should().Be(TimeSpan.FromMilliseconds(1200));
        _calls.AreRefused.Should().BeFalse("all were sent on");
    }

    [Fact]
    public async Task who_does_not_hear_is_refused_after_two_seconds_and_given_up_after_three()
    {
        var ending = _calls.EndAsync(TestContext.Current.CancellationToken);

        (await TimeUntilAsync(ending, _ => !_calls.AreRefused)).Should().BeCloseTo(TimeSpan.FromMilliseconds(2250), TimeSpan.FromMilliseconds(250));
        _calls.AreRefused.Should().BeTrue();

        ending = _calls.EndAsync(TestContext.Current.CancellationToken);
        (await TimeUntilAsync(ending, _ => true)).Should().BeCloseTo(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public async Task nobody_waits_when_the_host_s_patience_has_ended()
    {
        using var patience = new CancellationTokenSource();
        var ending = _calls.EndAsync(patience.Token);

        await patience.CancelAsync();

        await ending.Within();
    }

    // A call arrives at each step for which the condition holds.
    private async Task<TimeSpan> TimeUntilAsync(Task ending, Func<TimeSpan, bool> arrives)
    {
        var elapsed = TimeSpan.Zero;
        while (!ending.IsCompleted)
        {
            await Eventually.Holds(() => _clock.ArmedTimers == 1 || ending.IsCompleted, "it waits");
            _clock.Advance(Step);
            elapsed += Step;
            if (arrives(elapsed))
            {
                _calls.Arrived();
            }
        }

        await ending;
        return elapsed;
    }
}
