using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Routing.Retries;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing;

public sealed class RetryBudgetTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_quiet_node_gets_twenty_retries_in_ten_seconds_and_again_in_the_next_ten()
    {
        var budget = new RetryBudget(time);

        Take(budget, 100).Should().Be(RetryBudget.Floor);
        time.Advance(TimeSpan.FromSeconds(RetryBudget.FloorWindow));
        Take(budget, 100).Should().Be(RetryBudget.Floor);
    }

    [Fact]
    public void A_busy_node_gets_a_tenth_of_the_last_minute()
    {
        var budget = new RetryBudget(time);
        for (var i = 0; i < 1_000; i++)
        {
            budget.CountRequest();
        }

        Take(budget, 1_000).Should().Be(100);
        time.Advance(TimeSpan.FromSeconds(RetryBudget.ShareWindow));
        Take(budget, 1_000).Should().Be(RetryBudget.Floor, "the requests of a minute ago are forgotten");
    }

    [Fact]
    public void Every_decision_is_that_of_two_plain_lists_of_seconds() => Prop.ForAll(
        Gen.Choose(0, 40).Zip(Gen.Choose(0, 40)).ListOf().ToArbitrary(),
        seconds =>
        {
            var clock = new FakeTimeProvider();
            var budget = new RetryBudget(clock);
            var requests = new List<int>();
            var retries = new List<int>();
            foreach (var (calls, tries) in seconds)
            {
                for (var i = 0; i < calls; i++)
                {
                    budget.CountRequest();
                }

                requests.Add(calls);
                retries.Add(0);
                for (var i = 0; i < tries; i++)
                {
                    var isWithinShare = retries.TakeLast(RetryBudget.ShareWindow).Sum() + 1 <= RetryBudget.Share * requests.TakeLast(RetryBudget.ShareWindow).Sum();
                    var expected = isWithinShare || retries.TakeLast(RetryBudget.FloorWindow).Sum() < RetryBudget.Floor;
                    retries[^1] += expected ? 1 : 0;
                    if ((Take(budget, 1) == 1) != expected)
                    {
                        return false;
                    }
                }

                clock.Advance(TimeSpan.FromSeconds(1));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public async Task Concurrent_requests_and_retries_are_counted_exactly()
    {
        var budget = new RetryBudget(time);
        var taken = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 2_500; i++)
            {
                budget.CountRequest();
            }
        }, TestContext.Current.CancellationToken)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Interlocked.Add(ref taken, Take(budget, 2_000)), TestContext.Current.CancellationToken)));

        taken.Should().Be(1_000);
    }

    [Fact]
    public void A_retry_that_is_given_back_was_none_and_one_that_is_reserved_is_nobody_elses()
    {
        var budget = new RetryBudget(time);
        Reserve(budget, 100).Should().Be(RetryBudget.Floor);
        Take(budget, 1).Should().Be(0);
        for (var i = 0; i < RetryBudget.Floor; i++)
        {
            budget.GiveBack();
        }

        time.Advance(TimeSpan.FromSeconds(RetryBudget.FloorWindow - 1));
        Take(budget, 100).Should().Be(RetryBudget.Floor);
        time.Advance(TimeSpan.FromSeconds(1));
        Take(budget, 100).Should().Be(0, "those were made a second ago");
    }

    private static int Reserve(RetryBudget budget, int tries) => Enumerable.Range(0, tries).Count(_ => budget.TryReserve());

    private static int Take(RetryBudget budget, int tries)
    {
        var taken = 0;
        for (var i = 0; i < tries; i++)
        {
            if (budget.TryReserve())
            {
                budget.Count();
                taken++;
            }
        }

        return taken;
    }
}
