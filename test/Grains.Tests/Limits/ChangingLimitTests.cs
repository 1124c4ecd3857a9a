using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

public sealed class ChangingLimitTests
{
    [Fact]
    public void A_raise_holds_until_its_end()
    {
        var bench = new LimitBench();
        bench.With(LimitBench.PerDay(3) with { Raise = 2, RaisedUntil = bench.Clock.GetUtcNow().AddHours(1) });
        var session = bench.Session();

        session.Ask("rpd", 4).Refusal.Should().BeNull();
        session.Settle();
        bench.Window("rpd").Limit.Should().Be(5);
        bench.Pass(TimeSpan.FromHours(1));

        bench.Window("rpd").Limit.Should().Be(3);
        session.Ask("rpd").Refusal!.Kind.Should().Be(RefusalKind.Exhausted);
    }

    [Fact]
    public void A_limit_that_was_lowered_below_what_is_used_grants_nothing_until_it_is_raised()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(1_000));
        var session = bench.Session();
        session.Ask("rpd", 10);
        session.Settle();

        bench.With(LimitBench.PerDay(5));
        session.Ask("rpd").Refusal!.Kind.Should().Be(RefusalKind.Exhausted);
        bench.With(LimitBench.PerDay(12));
        session.Ask("rpd", 3).Refusal.Should().NotBeNull();
        session.Ask("rpd", 2).Refusal.Should().BeNull();
    }

    [Fact]
    public void What_was_claimed_in_advance_is_not_granted_beyond_a_lower_limit()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(1_000));
        var session = bench.Session();
        session.Ask("rpm");

        bench.With(LimitBench.PerMinute(3));

        Enumerable.Range(0, 10).Count(_ => session.Ask("rpm").Refusal is null).Should().Be(2);
    }

    [Fact]
    public void A_window_that_the_newest_limits_lack_gathers_no_counts_at_a_node_with_older_ones()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(5)).With(LimitBench.PerMinute(5));
        var session = bench.Session();

        for (var call = 0; call < 3; call++)
        {
            session.Ask("rpd", 100).Grants.Should().ContainSingle().Which.Period.Should().Be(WindowGrant.Uncounted);
            bench.Pass(TimeSpan.FromSeconds(1));
        }

        session.Call([]).Report.Totals.Should().ContainSingle();
        session.Settle();
        session.TellLast();
        bench.With(LimitBench.PerDay(5));
        bench.Session("other").Ask("rpd", 5).Refusal.Should().BeNull("what nothing limited is not held against anybody");
    }

    [Fact]
    public void A_limit_that_comes_back_knows_what_was_used()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(5));
        var session = bench.Session();
        session.Ask("rpd", 4);
        session.Settle();

        bench.With();
        session.Ask("rpd", 100).Refusal.Should().BeNull("nothing limits it");
        bench.With(LimitBench.PerDay(5));

        session.Ask("rpd", 2).Refusal.Should().NotBeNull();
        session.Ask("rpd", 1).Refusal.Should().BeNull();
    }

    [Fact]
    public void The_newest_limits_stay_in_force_over_a_restart_whoever_calls_first()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(50));
        var old = bench.Limits;
        bench.With(LimitBench.PerMinute(2));
        bench.Session("a").Ask("rpm", 2).Refusal.Should().BeNull();
        bench.Restart();

        var answer = bench.Silo.Acquire(bench.Session("b").Call([new WindowWish { WindowId = "rpm", Minimum = 1, Desired = 1 }]) with { Limits = old }).Answered();

        answer.Refusal.Should().NotBeNull();
        answer.Windows.Single().Limit.Should().Be(2);
    }

    [Fact]
    public void Looking_changes_nothing()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5), LimitBench.PerDay(9), new WindowLimit { Id = "rps", Unit = LimitUnit.Requests, Window = WindowKind.Second, Limit = 2 });
        bench.Session().Ask("rpm");
        var (stored, writes) = (System.Text.Json.JsonSerializer.Serialize(bench.Store.Stored), bench.Store.Writes);
        var limits = bench.Limits with { Version = 99, Windows = [LimitBench.PerMinute(1)] };

        bench.Silo.Describe(limits)!.Windows.Single().Limit.Should().Be(1, "it shows what would be");
        bench.Pass(TimeSpan.FromDays(3));
        bench.Silo.Describe(bench.Limits)!.Windows.Should().HaveCount(3);

        bench.Store.Writes.Should().Be(writes);
        System.Text.Json.JsonSerializer.Serialize(bench.Store.Stored).Should().Be(stored);
        bench.Session("b").Ask("rpm", 5).Refusal.Should().BeNull("the limits that were only shown are not in force");
    }

    [Fact]
    public void A_rate_is_a_bucket_of_one_second()
    {
        var bench = new LimitBench().With(new WindowLimit { Id = "rps", Unit = LimitUnit.Requests, Window = WindowKind.Second, Limit = 5 });
        var session = bench.Session();

        Enumerable.Range(0, 20).Count(_ => session.Ask("rps").Refusal is null).Should().Be(5);
        var refusal = session.Ask("rps", 2).Refusal!;
        refusal.RetryAt.Should().Be(bench.Clock.GetUtcNow().AddMilliseconds(400));
        bench.PassTo(refusal.RetryAt!.Value);
        session.Ask("rps", 2).Refusal.Should().BeNull();
        bench.Pass(TimeSpan.FromMinutes(1));
        Enumerable.Range(0, 20).Count(_ => session.Ask("rps").Refusal is null).Should().Be(5);
    }

    [Fact]
    public void All_that_wait_for_a_rate_are_given_theirs_at_once_and_those_to_come_nothing()
    {
        var bench = new LimitBench().With(new WindowLimit { Id = "rps", Unit = LimitUnit.Requests, Window = WindowKind.Second, Limit = 5 });
        var session = bench.Session();

        session.Ask("rps", 1, desired: 4, waiting: 3).Grants.Single().Amount.Should().Be(3);
        session.Ask("rps", 1, desired: 9, waiting: 9).Grants.Single().Amount.Should().Be(2, "no more is left of this second");
        session.Ask("rps", 1, desired: 1, waiting: 1).Refusal.Should().NotBeNull();
    }

    [Fact]
    public void A_restart_gives_no_second_burst()
    {
        var bench = new LimitBench().With(new WindowLimit { Id = "rps", Unit = LimitUnit.Requests, Window = WindowKind.Second, Limit = 5 });
        bench.Session("a").Ask("rps", 5).Refusal.Should().BeNull();
        bench.Restart();
        bench.Session("b").Ask("rps").Refusal.Should().NotBeNull();
        bench.Restart();
        bench.Pass(TimeSpan.FromSeconds(7));
        bench.Session("c").Ask("rps", 5).Refusal.Should().BeNull();
    }
}
