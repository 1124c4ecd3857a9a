namespace Gateway.Runtime.Tests.TestingHost;

public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void time_stands_still_until_it_is_advanced()
    {
        var (now, timestamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());

        _clock.Advance(TimeSpan.FromSeconds(5));

        (_clock.GetUtcNow() - now).Should().Be(TimeSpan.FromSeconds(5));
        _clock.GetElapsedTime(timestamp).Should().Be(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void timers_fire_in_order_at_their_own_moments()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string, double)>();
        void Set(string name, int due, int period) => _clock.CreateTimer(_ => fired.Add((name, (_clock.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(due), TimeSpan.FromSeconds(period));
        Set("once", 3, 0);
        Set("often", 2, 2);

        _clock.Advance(TimeSpan.FromSeconds(6));

        fired.Should().Equal(("often", 2), ("once", 3), ("often", 4), ("often", 6));
        _clock.ArmedTimers.Should().Be(1);
    }

    [Fact]
    public void a_changed_timer_keeps_its_new_schedule_and_a_disposed_one_is_silent()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        timer.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan).Should().BeTrue();
        _clock.Advance(TimeSpan.FromSeconds(9));
        fired.Should().Be(0);
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(9));

        fired.Should().Be(0);
        timer.Change(TimeSpan.Zero, TimeSpan.Zero).Should().BeFalse();
    }

    [Fact]
    public async Task a_timer_without_delay_fires_without_an_advance()
    {
        var fired = new TaskCompletionSource();

        using var timer = _clock.CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await fired.Task.Within();
    }

    [Fact]
    public async Task delays_and_timed_cancellations_follow_the_clock()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), _clock, CancellationToken.None);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);

        _clock.Advance(TimeSpan.FromSeconds(5));

        await delay.Within();
        cancellation.IsCancellationRequested.Should().BeTrue();
    }
}
