using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Model;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

/// <summary>What was spent is gone, whatever happens between the end of its window and the first write of the next one.</summary>
public sealed class RolloverTests
{
    private static readonly DateTimeOffset Evening = new(2026, 4, 30, 23, 55, 0, TimeSpan.Zero);

    [Fact]
    public void An_activation_that_closes_after_the_end_of_a_window_leaves_what_was_spent_in_it()
    {
        var (bench, session) = Spent(100);
        bench.Pass(TimeSpan.FromMinutes(15));

        bench.Silo.Close();

        bench.Window("budget").Limit.Should().Be(100);
        session.Ask("budget", 101).Refusal!.Kind.Should().Be(RefusalKind.NeverFits);
        session.Ask("budget", 100).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_month_may_pass_through_any_number_of_activations_that_write_nothing_new()
    {
        var (bench, session) = Spent(70);
        bench.Pass(TimeSpan.FromMinutes(15));
        bench.Silo.Close();
        session.Tell();
        bench.Restart();
        session.Settle();
        bench.Silo.Close();

        bench.Window("budget").Limit.Should().Be(130);
    }

    [Theory]
    [InlineData(WriteFault.Refused)]
    [InlineData(WriteFault.AnswerLost)]
    [InlineData(WriteFault.Late)]
    internal void A_first_write_that_fails_gives_nothing_away(WriteFault fault)
    {
        var (bench, session) = Spent(100);
        bench.Pass(TimeSpan.FromMinutes(15));
        bench.Store.NextFault = fault;
        session.Ask("budget").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        bench.Store.LetGoOn();

        session.Return();
        session.Ask("budget", 101).Refusal.Should().NotBeNull();
        session.Ask("budget", 100).Refusal.Should().BeNull();
        bench.Window("budget").Limit.Should().Be(100);
    }

    [Fact]
    public void What_is_told_late_of_the_window_before_counts_once()
    {
        var (bench, session) = Spent(60);
        session.Ask("budget", 30);
        bench.Pass(TimeSpan.FromMinutes(15));
        bench.Store.NextFault = WriteFault.Refused;
        bench.Session("other").Ask("budget").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);

        session.Settle();

        bench.Window("budget").Limit.Should().Be(110);
    }

    [Fact]
    public void What_was_spent_in_a_window_is_forgotten_once_the_next_one_is_stored()
    {
        var (bench, session) = Spent(60);
        bench.Pass(TimeSpan.FromMinutes(15));
        session.Ask("budget");
        session.Ask("budget");

        bench.Store.Stored.Epochs.SelectMany(epoch => epoch.Windows).SelectMany(window => window.Periods).Should().OnlyContain(period => period.Period > Evening.ToUnixTimeMilliseconds());
        bench.Window("budget").Limit.Should().Be(140);
    }

    [Theory]
    [InlineData(10, false, 10)]
    [InlineData(10, true, 20)]
    [InlineData(500, true, 599)]
    public void What_rolled_over_counts_no_more_than_the_limits_in_force_let_it(long limit, bool rollsOver, long inForce)
    {
        var (bench, session) = Spent(1);
        bench.Pass(TimeSpan.FromMinutes(15));
        session.Ask("budget");
        bench.Window("budget").Limit.Should().Be(199);

        bench.With(LimitBench.Budget(limit) with { RollsOver = rollsOver });
        session.Ask("budget");

        bench.Window("budget").Limit.Should().Be(inForce);
    }

    private static (LimitBench Bench, BenchSession Session) Spent(long units)
    {
        var bench = new LimitBench(Evening).With(LimitBench.Budget(100) with { RollsOver = true });
        var session = bench.Session();
        session.Ask("budget", units).Refusal.Should().BeNull();
        session.Settle();
        return (bench, session);
    }
}
