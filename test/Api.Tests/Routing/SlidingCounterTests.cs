using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Routing.Retries;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing;

public sealed class SlidingCounterTests
{
    [Fact]
    public void A_window_sums_exactly_its_seconds_whatever_happened_before() => Prop.ForAll(
        Gen.Choose(0, 5).Zip(Gen.Choose(0, 3)).ListOf().Zip(Gen.Choose(1, 10)).ToArbitrary(),
        input =>
        {
            var (steps, window) = input;
            var time = new FakeTimeProvider();
            var counter = new SlidingCounter(10, 2, time);
            var history = new List<int> { 0 };
            foreach (var (events, pause) in steps)
            {
                for (var i = 0; i < events; i++)
                {
                    counter.Add();
                    history[^1]++;
                }

                time.Advance(TimeSpan.FromSeconds(pause));
                history.AddRange(Enumerable.Repeat(0, pause));
            }

            return counter.Sum(window) == history.TakeLast(window).Sum();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Silence_longer_than_the_ring_leaves_nothing()
    {
        var time = new FakeTimeProvider();
        var counter = new SlidingCounter(10, 1, time);
        counter.Add();

        time.Advance(TimeSpan.FromDays(3));

        counter.Sum(10).Should().Be(0);
    }

    [Fact]
    public async Task No_event_is_lost_between_threads()
    {
        var counter = new SlidingCounter(10, 4, new FakeTimeProvider());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    counter.Add();
                }
            },
            TestContext.Current.CancellationToken)));

        counter.Sum(1).Should().Be(40_000);
    }
}
