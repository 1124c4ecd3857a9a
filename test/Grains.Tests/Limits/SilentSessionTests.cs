using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

/// <summary>A node that used something, holds nothing any more and is asked for the subject by nobody, so that it says no word to the next activation.</summary>
public sealed class SilentSessionTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(6);

    [Fact]
    public void A_budget_that_is_used_up_is_exhausted_although_a_node_says_nothing_after_the_silo_was_killed()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (busy, _) = WithOneAtRest(bench);
        bench.Restart();

        UseUp(busy).Should().Match<LimitRefusal>(refusal => refusal.Kind == RefusalKind.Exhausted && refusal.RetryAt > bench.Clock.GetUtcNow().AddDays(20));

        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 1_000 && window.Reserved == 0);
    }

    [Fact]
    public void A_budget_that_is_used_up_is_exhausted_although_a_node_says_nothing_after_the_silo_was_stopped_amid_a_stream()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (busy, silent) = (bench.Session("busy"), bench.Session("silent"));
        silent.Ask("budget", 50);
        silent.Settle();
        busy.Ask("budget", 100);
        bench.Silo.Close();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 50 && window.Reserved == 100, "what was settled stays so");

        busy.Settle();

        UseUp(busy)!.Kind.Should().Be(RefusalKind.Exhausted);
    }

    [Fact]
    public void What_it_used_counts_once_whatever_it_says_later()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (busy, silent) = WithOneAtRest(bench);
        bench.Restart();
        busy.Tell();
        busy.Tell();

        silent.Tell();
        silent.Tell();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 250 && window.Reserved == 0);
        silent.TellLast();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 250 && window.Reserved == 0);
    }

    [Fact]
    public void When_it_comes_back_to_the_same_activation_what_it_used_before_and_since_counts_once()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (busy, back) = WithOneAtRest(bench);
        back.Ask("budget", 20).Refusal.Should().BeNull();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 250 && window.Reserved == 20);
        bench.Restart();
        busy.Tell();
        busy.Tell();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used + window.Reserved >= 270, "it may hold what it was granted");

        back.Settle();
        back.Tell();

        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 270 && window.Reserved == 0);
    }

    [Fact]
    public void Its_end_is_counted_once_by_the_activation_that_saw_it_rest()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (busy, silent) = WithOneAtRest(bench);

        silent.TellLast();

        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 250 && window.Reserved == 0);
        bench.Restart();
        busy.Tell();
        busy.Tell();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 250 && window.Reserved == 0);
    }

    [Fact]
    public void An_activation_in_the_dark_grants_nothing_to_a_session_that_its_row_does_not_name()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (_, back) = WithOneAtRest(bench);
        var dark = bench.Silo;
        bench.NewSilo().Acquire(bench.Session("other").Call([Wish(1)])).Answered().Refusal.Should().BeNull();

        dark.Acquire(back.Call([Wish(1)])).Answered().Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
    }

    [Fact]
    public void A_write_that_may_have_put_it_to_rest_grants_nothing_to_it()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var (busy, back) = (bench.Session("busy"), bench.Session("back"));
        back.Ask("budget", 50);
        back.Settle();
        bench.Pass(LongEnough);
        bench.Store.NextFault = Model.WriteFault.AnswerLost;
        busy.Ask("budget", 100).Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        bench.Store.IsDown = true;

        back.Ask("budget", 1).Refusal!.Kind.Should().Be(RefusalKind.Unavailable);

        bench.Store.IsDown = false;
        back.Ask("budget", 1).Refusal.Should().BeNull();
        bench.Restart();
        busy.Tell();
        busy.Tell();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used + window.Reserved >= 51);
    }

    [Fact]
    public void A_session_that_keeps_asking_needs_no_write_of_its_own()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000_000));
        var (one, other) = (bench.Session("one"), bench.Session("other"));
        one.Ask("budget");
        other.Ask("budget");
        var before = bench.Store.Writes;
        for (var second = 0; second < 20; second++)
        {
            one.Settle();
            other.Settle();
            one.Ask("budget");
            other.Ask("budget");
            bench.Pass(TimeSpan.FromSeconds(1));
        }

        (bench.Store.Writes - before).Should().BeLessThanOrEqualTo(4, "one every five seconds");
    }

    // 50 by the one that is at rest, 200 by the other.
    private static (BenchSession Busy, BenchSession AtRest) WithOneAtRest(LimitBench bench)
    {
        var (busy, silent) = (bench.Session("busy"), bench.Session("silent"));
        silent.Ask("budget", 50);
        silent.Settle();
        bench.Pass(LongEnough);
        busy.Ask("budget", 200).Refusal.Should().BeNull();
        busy.Settle();
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 250 && window.Reserved == 0);
        return (busy, silent);
    }

    private static LimitRefusal? UseUp(BenchSession session)
    {
        for (var request = 0; request < 1_000; request++)
        {
            if (session.Ask("budget").Refusal is { } refusal)
            {
                return refusal;
            }

            session.Settle();
        }

        return null;
    }

    private static WindowWish Wish(long amount) => new() { WindowId = "budget", Minimum = amount, Desired = amount };
}
