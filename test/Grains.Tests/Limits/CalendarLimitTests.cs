using System.Globalization;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

public sealed class CalendarLimitTests
{
    [Fact]
    public void What_one_node_used_beyond_its_guess_before_it_died_takes_nothing_of_what_another_tells_later()
    {
        var bench = new LimitBench().With(new WindowLimit { Id = "tokens", Unit = LimitUnit.TotalTokens, Window = WindowKind.Day, Limit = 1_000 });
        var (dead, alive) = (bench.Session("dead"), bench.Session("alive"));
        dead.Ask("tokens", 30);
        alive.Ask("tokens", 30);
        dead.Settle(percent: 250);
        bench.Restart();
        dead.TellLast();
        bench.Restart();

        alive.Settle();
        alive.Tell();

        bench.Window("tokens").Used.Should().Be(75 + 30);
    }

    [Fact]
    public void A_new_day_opens_at_the_midnight_of_the_zone()
    {
        var bench = new LimitBench(At("2026-03-29T12:00:00Z")).With(LimitBench.PerDay(3)).In("Europe/Berlin");
        var session = bench.Session();
        session.Ask("rpd", 3).Refusal.Should().BeNull();
        session.Settle();

        var refusal = session.Ask("rpd").Refusal!;

        refusal.Should().Be(new LimitRefusal { Kind = RefusalKind.Exhausted, WindowId = "rpd", RetryAt = At("2026-03-29T22:00:00Z") });
        bench.PassTo(refusal.RetryAt!.Value.AddMilliseconds(-1));
        session.Ask("rpd").Refusal.Should().NotBeNull();
        bench.PassTo(refusal.RetryAt.Value);
        session.Ask("rpd", 3).Refusal.Should().BeNull();
        session.Ask("rpd").Refusal!.RetryAt.Should().Be(bench.Clock.GetUtcNow().AddSeconds(1), "only a reservation is in the way");
    }

    [Fact]
    public void A_change_of_zone_opens_no_second_window()
    {
        var bench = new LimitBench(At("2026-05-06T12:00:00Z")).With(LimitBench.PerDay(3)).In("UTC");
        var session = bench.Session();
        session.Ask("rpd", 3);
        session.Settle();

        bench.In("Asia/Tokyo");
        session.Ask("rpd").Refusal.Should().NotBeNull();
        bench.PassTo(At("2026-05-06T15:30:00Z"));
        session.Ask("rpd").Refusal!.RetryAt.Should().Be(At("2026-05-07T00:00:00Z"), "it is tomorrow in Tokyo, but the window that was open goes on");
        bench.PassTo(At("2026-05-07T00:00:00Z"));
        session.Ask("rpd", 3).Refusal.Should().BeNull();
        session.Settle();
        session.Ask("rpd").Refusal!.RetryAt.Should().Be(At("2026-05-07T15:00:00Z"), "from now on it is Tokyo's midnight");
    }

    [Fact]
    public void The_window_stays_open_over_a_restart_and_a_clock_that_went_back()
    {
        var bench = new LimitBench(At("2026-05-06T23:59:00Z")).With(LimitBench.PerDay(3));
        bench.Session("a").Ask("rpd", 3);
        bench.Pass(TimeSpan.FromMinutes(2));
        var session = bench.Session("b");
        session.Ask("rpd", 2).Refusal.Should().BeNull();

        var silo = new Model.SimulatedSilo(bench.Clock, bench.Store, _ => false) { IsCompared = false };
        silo.Time.Off = TimeSpan.FromMinutes(-10);
        var answer = silo.Acquire(session.Call([new WindowWish { WindowId = "rpd", Minimum = 2, Desired = 2 }])).Answered();

        answer.Refusal.Should().NotBeNull("yesterday is over");
        answer.Windows.Single().ResetsAt.Should().Be(At("2026-05-08T00:00:00Z"));
    }

    [Theory]
    [InlineData(40, 160)]
    [InlineData(0, 200)]
    [InlineData(100, 100)]
    public void What_the_last_window_left_rolls_over(int used, int next)
    {
        var bench = new LimitBench(At("2026-05-06T12:00:00Z")).With(LimitBench.Budget(100, WindowKind.Day) with { RollsOver = true });
        var session = bench.Session();
        session.Ask("budget", Math.Max(1, used));
        if (used == 0)
        {
            session.Return();
        }
        else
        {
            session.Settle();
        }

        bench.Pass(TimeSpan.FromDays(1));

        bench.Window("budget").Limit.Should().Be(next);
        session.Ask("budget", next).Refusal.Should().BeNull();
        session.Ask("budget").Refusal.Should().NotBeNull();
    }

    [Fact]
    public void No_more_than_one_window_rolls_over_however_long_nobody_came()
    {
        var bench = new LimitBench(At("2026-01-06T12:00:00Z")).With(LimitBench.Budget(100) with { RollsOver = true });
        var session = bench.Session();
        session.Ask("budget", 10);
        session.Settle();

        bench.PassTo(At("2026-06-01T00:00:00Z"));

        session.Ask("budget", 200).Refusal.Should().BeNull();
        bench.Window("budget").Limit.Should().Be(200);
        bench.PassTo(At("2026-07-01T00:00:00Z"));
        bench.Window("budget").Limit.Should().Be(100, "nothing was left of June");
    }

    [Fact]
    public void A_window_that_rolls_by_hours_frees_its_slots_one_by_one()
    {
        var bench = new LimitBench().With(new WindowLimit { Id = "tokens", Unit = LimitUnit.TotalTokens, Window = WindowKind.RollingHours, RollingHours = 5, Limit = 1_000, IsHard = true });
        var session = bench.Session();
        session.Ask("tokens", 600);
        session.Settle();
        bench.Pass(TimeSpan.FromHours(2));
        session.Ask("tokens", 400);
        session.Settle();

        var refusal = session.Ask("tokens", 500).Refusal!;
        (refusal.RetryAt - bench.Clock.GetUtcNow()).Should().BeGreaterThan(TimeSpan.FromHours(3)).And.BeLessThan(TimeSpan.FromHours(3.2));
        bench.PassTo(refusal.RetryAt!.Value);
        session.Ask("tokens", 600).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_hard_budget_is_exhausted_only_by_what_is_settled()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000_000_000));
        var session = bench.Session();
        session.Ask("budget", 700_000_000);

        bench.Session("other").Ask("budget", 400_000_000).Refusal!.Kind.Should().Be(RefusalKind.Reserved);
        session.Settle();
        bench.Session("third").Ask("budget", 400_000_000).Refusal.Should().Match<LimitRefusal>(it => it.Kind == RefusalKind.Exhausted && it.RetryAt == At("2026-06-01T00:00:00Z") && it.Left < 400_000_000 && it.Left > 0);
    }

    [Fact]
    public void What_a_dead_node_may_have_spent_is_a_reservation_until_its_journal_is_read()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000_000));
        var dead = bench.Session("dead");
        dead.Ask("budget", 900_000);
        bench.Restart();

        var session = bench.Session("alive");
        session.Ask("budget", 500_000).Refusal!.Kind.Should().Be(RefusalKind.Reserved);
        dead.Return().IsTaken.Should().BeTrue();
        dead.TellLast().IsTaken.Should().BeTrue();
        session.Ask("budget", 500_000).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_hard_window_grants_a_longer_answer_where_there_is_room()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000));
        var session = bench.Session();

        session.Ask("budget", 10, 600).Grants.Single().Amount.Should().Be(600);
        session.Ask("budget", 10, 600).Grants.Single().Amount.Should().Be(400);
    }

    [Theory]
    [InlineData(1_000, 100, 1_000, 100 + (900 / 4), "a quarter of what the waiting leave is for those to come")]
    [InlineData(1_000, 100, 200, 200, "no more than is desired")]
    [InlineData(1_000, 900, 1_000, 900 + (100 / 4), "the waiting need most of it")]
    [InlineData(1_000, 975, 1_000, 980, "the last part is left to single requests")]
    [InlineData(1_000, 990, 1_000, 990, "of the last part the waiting take all the same")]
    [InlineData(1_000, 2_000, 2_000, 1_000, "more is wanted than there is")]
    [InlineData(1_000, 0, 1_000, 1_000, "a node of an older version does not tell one from the other")]
    public void What_a_node_asks_for_in_advance_of_a_hard_window_leaves_room_for_others(int limit, int waiting, int desired, int granted, string why)
    {
        var bench = new LimitBench().With(LimitBench.Budget(limit));

        bench.Session().Ask("budget", 20, desired, waiting).Grants.Single().Amount.Should().Be(granted, why);

        if (granted <= limit - 20)
        {
            bench.Session("other").Ask("budget", 20, 100, 100).Refusal.Should().BeNull();
        }
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
