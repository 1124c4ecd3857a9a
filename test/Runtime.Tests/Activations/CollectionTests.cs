using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Activations;

public sealed class CollectionTests
{
    [Fact]
    public async Task an_idle_activation_is_collected_after_fifteen_minutes()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");
        await counter.Add(1);
        var context = test.ActivationOf(counter);

        test.Clock.Advance(TimeSpan.FromMinutes(14));
        test.IsActive(counter).Should().BeTrue();
        test.Clock.Advance(TimeSpan.FromMinutes(2));

        await context.Deactivated.Within();
        (await counter.Get()).Should().Be(0, "a new activation starts afresh");
    }

    [Fact]
    public async Task use_keeps_an_activation()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");
        for (var i = 0; i < 5; i++)
        {
            await counter.Add(1);
            test.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        (await counter.Get()).Should().Be(5);
    }

    [Fact]
    public async Task a_running_call_keeps_an_activation()
    {
        await using var test = await TestCluster.StartAsync();
        var gate = new Gate();
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        test.Scripts.Set("who", self => self.Instance.ToString());
        var grain = test.Scripted();
        var who = await grain.Run("who");
        await grain.RunOneWay("hold");
        await gate.WaitForArrivals();

        test.Clock.Advance(TimeSpan.FromHours(1));

        gate.Open();
        (await grain.Run("who").Within()).Should().Be(who);
    }

    [Fact]
    public async Task a_kept_alive_grain_is_never_collected()
    {
        await using var test = await TestCluster.StartAsync();
        var grain = test.Grains.GetGrain<IKeptAliveGrain>("one");
        var instance = await grain.Instance();

        test.Clock.Advance(TimeSpan.FromDays(1));

        (await grain.Instance()).Should().Be(instance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_timer_keeps_its_grain_only_if_it_says_so(bool keepAlive)
    {
        await using var test = await TestCluster.StartAsync();
        var ticks = 0;
        test.Scripts.Set("start", self =>
        {
            self.RegisterGrainTimer(() => Task.FromResult(Interlocked.Increment(ref ticks)), new() { DueTime = TimeSpan.FromMinutes(5), Period = TimeSpan.FromMinutes(5), KeepAlive = keepAlive });
            return "";
        });
        var grain = test.Scripted();
        await grain.Run("start");
        var context = test.ActivationOf(grain);

        for (var tick = 1; tick <= 4; tick++)
        {
            test.Clock.Advance(TimeSpan.FromMinutes(5));
            await Eventually.Holds(() => (Volatile.Read(ref ticks) >= tick && test.Clock.ArmedTimers == 2) || context.Deactivated.IsCompleted, "the timer ticks and is set again, or its grain is gone");
        }

        if (keepAlive)
        {
            test.IsActive(grain).Should().BeTrue();
        }
        else
        {
            await context.Deactivated.Within();
        }
    }
}
