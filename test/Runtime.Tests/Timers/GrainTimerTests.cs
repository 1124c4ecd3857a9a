using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Timers;

public sealed class GrainTimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task a_timer_fires_after_its_due_time_and_then_after_each_period()
    {
        await using var test = await TestCluster.StartAsync();
        var ticks = new Ticks();
        await StartTimer(test, ticks, new(Second, 10 * Second));

        test.Clock.Advance(0.9 * Second);
        ticks.Count.Should().Be(0);
        test.Clock.Advance(0.1 * Second);
        await ticks.Reach(1);
        await ReadyForNext(test);
        test.Clock.Advance(9.9 * Second);
        ticks.Count.Should().Be(1);
        test.Clock.Advance(0.1 * Second);
        await ticks.Reach(2);
    }

    [Fact]
    public async Task the_period_counts_from_the_end_of_the_callback()
    {
        await using var test = await TestCluster.StartAsync();
        var (ticks, gate) = (new Ticks(), new Gate());
        ticks.Then = () => gate.Pass();
        await StartTimer(test, ticks, new(Second, 10 * Second));
        test.Clock.Advance(Second);
        await gate.WaitForArrivals();

        test.Clock.Advance(100 * Second);
        gate.Open();
        await ReadyForNext(test);
        test.Clock.Advance(9 * Second);
        ticks.Count.Should().Be(1);
        test.Clock.Advance(Second);

        await ticks.Reach(2);
    }

    [Fact]
    public async Task a_callback_waits_for_a_running_call()
    {
        await using var test = await TestCluster.StartAsync();
        var (ticks, gate) = (new Ticks(), new Gate());
        await StartTimer(test, ticks, new(Second, Second));
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("read", _ => "");
        var call = test.Scripted().Run("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(Second);
        await test.Scripted().RunInterleaved("read");
        ticks.Count.Should().Be(0);
        gate.Open();

        await call.Within();
        await ticks.Reach(1);
    }

    [Fact]
    public async Task an_interleaving_callback_runs_while_a_call_awaits()
    {
        await using var test = await TestCluster.StartAsync();
        var (ticks, gate) = (new Ticks(), new Gate());
        await StartTimer(test, ticks, new(Second, Second) { Interleave = true });
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var call = test.Scripted().Run("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(Second);
        await ticks.Reach(1);

        call.IsCompleted.Should().BeFalse();
        gate.Open();
        await call.Within();
    }

    [Fact]
    public async Task a_failing_callback_is_logged_and_the_timer_goes_on()
    {
        await using var test = await TestCluster.StartAsync();
        var ticks = new Ticks { Then = () => throw new InvalidOperationException("tick failed") };
        await StartTimer(test, ticks, new(Second, Second));

        test.Clock.Advance(Second);
        await ticks.Reach(1);
        await ReadyForNext(test);
        test.Clock.Advance(Second);

        await ticks.Reach(2);
        test.Logs.Lines.Should().Contain(line => line.Contains("timer callback of grain scripted/one failed") && line.Contains("tick failed"));
    }

    [Fact]
    public async Task changing_a_timer_sets_the_new_schedule_at_once()
    {
        await using var test = await TestCluster.StartAsync();
        var ticks = new Ticks();
        var timer = await StartTimer(test, ticks, new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        test.Clock.Advance(TimeSpan.FromMinutes(10));
        ticks.Count.Should().Be(0);

        timer.Change(2 * Second, 3 * Second);
        test.Clock.Advance(2 * Second);
        await ticks.Reach(1);
        await ReadyForNext(test);
        test.Clock.Advance(3 * Second);

        await ticks.Reach(2);
    }

    [Fact]
    public async Task a_change_during_the_callback_takes_effect_when_it_ends()
    {
        await using var test = await TestCluster.StartAsync();
        IGrainTimer? timer = null;
        var ticks = new Ticks();
        ticks.Then = () =>
        {
            timer!.Change(5 * Second, 50 * Second);
            return Task.CompletedTask;
        };
        timer = await StartTimer(test, ticks, new(Second, Second));

        test.Clock.Advance(Second);
        await ticks.Reach(1);
        await ReadyForNext(test);
        test.Clock.Advance(4 * Second);
        ticks.Count.Should().Be(1);
        test.Clock.Advance(Second);

        await ticks.Reach(2);
    }

    [Fact]
    public async Task a_disposed_timer_is_silent_and_cancels_its_running_callback()
    {
        await using var test = await TestCluster.StartAsync();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        IGrainTimer? timer = null;
        test.Scripts.Set("start", self =>
        {
            timer = self.RegisterGrainTimer(
                async token =>
                {
                    token.Register(cancelled.SetResult);
                    started.SetResult();
                    await cancelled.Task;
                },
                new GrainTimerCreationOptions(Second, Second) { Interleave = true });
            return "";
        });
        await test.Scripted().Run("start");
        test.Clock.Advance(Second);
        await started.Task.Within();

        timer!.Dispose();

        await cancelled.Task.Within();
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        await test.Cluster.DeactivateAsync(test.Scripted()).Within();
    }

    [Fact]
    public async Task deactivation_cancels_a_running_callback_and_ends_the_timer()
    {
        await using var test = await TestCluster.StartAsync();
        var ticks = 0;
        test.Scripts.Set("start", self =>
        {
            self.RegisterGrainTimer(
                async (name, token) =>
                {
                    name.Should().Be("state");
                    Interlocked.Increment(ref ticks);
                    await Task.Delay(Timeout.InfiniteTimeSpan, test.Clock, token);
                },
                "state",
                Second,
                Second);
            return "";
        });
        await test.Scripted().Run("start");
        test.Clock.Advance(Second);
        await Eventually.Holds(() => Volatile.Read(ref ticks) == 1, "the callback runs");

        await test.Cluster.DeactivateAsync(test.Scripted()).Within();
        test.Clock.Advance(TimeSpan.FromMinutes(1));

        ticks.Should().Be(1);
    }

    [Fact]
    public async Task a_timer_cannot_be_registered_from_outside_the_grain()
    {
        await using var test = await TestCluster.StartAsync();
        ScriptedGrain? grain = null;
        test.Scripts.Set("leak", self => (grain = self).Instance.ToString());
        await test.Scripted().Run("leak");

        grain!.Invoking(self => self.RegisterGrainTimer(() => Task.CompletedTask, Second, Second)).Should().Throw<InvalidOperationException>();
    }

    [Theory]
    [InlineData(-2, 1)]
    [InlineData(1, -2)]
    public async Task a_negative_time_is_refused(int due, int period)
    {
        await using var test = await TestCluster.StartAsync();
        test.Scripts.Set("start", self => self.RegisterGrainTimer(() => Task.CompletedTask, due * Second, period * Second).ToString()!);

        var start = () => test.Scripted().Run("start");

        await start.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    private static async Task<IGrainTimer> StartTimer(TestCluster test, Ticks ticks, GrainTimerCreationOptions options)
    {
        IGrainTimer? timer = null;
        test.Scripts.Set("start timer", self =>
        {
            timer = self.RegisterGrainTimer(ticks.Tick, options);
            return "";
        });
        await test.Scripted().Run("start timer");
        return timer!;
    }

    // The collector's timer and the grain's: the callback has ended and set the next.
    private static Task ReadyForNext(TestCluster test) => Eventually.Holds(() => test.Clock.ArmedTimers == 2, "the timer is set again");

    private sealed class Ticks
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Func<Task>? Then { get; set; }

        public Task Tick()
        {
            Interlocked.Increment(ref _count);
            return Then?.Invoke() ?? Task.CompletedTask;
        }

        public Task Reach(int count) => Eventually.Holds(() => Count == count, $"the timer ticks {count} times");
    }
}
