using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Model;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

public sealed class ActivationTests
{
    [Fact]
    public void What_an_activation_claimed_counts_until_its_sessions_have_told()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000));
        var (one, other) = (bench.Session("a"), bench.Session("b"));
        one.Ask("rpd", 3);
        other.Ask("rpd", 4);
        bench.Restart();

        one.Settle();
        bench.Window("rpd").Should().Match<WindowState>(window => window.Reserved + window.Used == 10, "a block of 10 was claimed");
        one.Tell();
        other.Settle();
        other.Tell();
        bench.Window("rpd").Should().Match<WindowState>(window => window.Reserved == 0 && window.Used == 7);
    }

    [Fact]
    public void A_report_that_knows_nothing_of_the_new_activation_proves_nothing()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000));
        var session = bench.Session();
        session.Ask("rpd", 3);
        var late = session.Call([]).Report;
        bench.Restart();

        bench.Silo.Report(late, bench.Limits).Answered().IsTaken.Should().BeTrue();

        bench.Window("rpd").Reserved.Should().Be(10);
    }

    [Fact]
    public void An_activation_that_lives_on_in_the_dark_grants_for_five_seconds_what_it_claimed_and_then_ends()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000));
        var session = bench.Session("a");
        session.Ask("rpd");
        var dark = bench.Silo;
        var light = bench.NewSilo();
        light.Acquire(bench.Session("b").Call([Wish(1)])).Answered().Refusal.Should().BeNull();

        dark.Acquire(session.Call([Wish(1)])).Answered().Refusal.Should().BeNull("that is covered by its own claim");
        bench.Pass(TimeSpan.FromSeconds(5));
        dark.Acquire(session.Call([Wish(1)])).Answered().Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        light.Describe(bench.Limits)!.Windows.Single().Should().Match<WindowState>(window => window.Used + window.Reserved == 11);
    }

    [Fact]
    public void A_write_with_an_unknown_outcome_grants_nothing_and_costs_nothing_for_good()
    {
        foreach (var fault in (WriteFault[])[WriteFault.AnswerLost, WriteFault.Refused, WriteFault.Late])
        {
            var bench = new LimitBench().With(LimitBench.PerMinute(5));
            var session = bench.Session();
            session.Ask("rpm");
            bench.Store.NextFault = fault;

            session.Ask("rpm").Refusal!.Kind.Should().Be(RefusalKind.Unavailable, fault.ToString());
            session.Ask("rpm", 4).Refusal.Should().BeNull(fault.ToString());
            bench.Store.LetGoOn();
            session.Settle();
            bench.Window("rpm").Should().Match<WindowState>(window => window.Used == 5 && window.Reserved == 0);
        }
    }

    [Fact]
    public void An_activation_that_could_not_begin_does_not_go_by_what_it_read()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        bench.Session("a").Ask("rpm");
        var light = bench.Silo;
        var late = bench.NewSilo();
        bench.Store.NextFault = WriteFault.Refused;
        late.Acquire(bench.Session("b").Call([Wish(1, "rpm")])).Answered().Refusal.Should().NotBeNull();
        light.Acquire(bench.Session("c").Call([Wish(4, "rpm")])).Answered().Refusal.Should().BeNull();

        late.Acquire(bench.Session("d").Call([Wish(1, "rpm")])).Answered().Refusal.Should().NotBeNull();
        late.Acquire(bench.Session("e").Call([Wish(1, "rpm")])).Answered().Refusal.Should().NotBeNull();
    }

    [Fact]
    public void While_the_store_is_away_what_was_claimed_is_granted_for_five_seconds()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000));
        var session = bench.Session();
        session.Ask("rpd");
        bench.Store.IsDown = true;

        session.Ask("rpd", 9).Refusal.Should().BeNull();
        session.Ask("rpd").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        session.Return();
        session.Ask("rpd").Refusal.Should().BeNull();
        bench.Pass(TimeSpan.FromSeconds(5));
        session.Ask("rpd").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        bench.Store.IsDown = false;
        session.Ask("rpd").Refusal.Should().BeNull();
    }

    [Fact]
    public void A_store_that_hangs_is_waited_for_a_second()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        bench.Store.NextFault = WriteFault.Slow;
        var answer = bench.Silo.Acquire(session.Call([Wish(1, "rpm")]))!;
        answer.IsCompleted.Should().BeFalse();

        bench.Pass(TimeSpan.FromSeconds(1));

        answer.Answered().Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        session.Ask("rpm").Refusal!.Kind.Should().Be(RefusalKind.Unavailable, "the write may still arrive");
        bench.Store.LetGoOn();
        session.Ask("rpm").Refusal!.Kind.Should().Be(RefusalKind.Unavailable, "it did, so that this activation does not know any more what it wrote");
        session.Return();
        session.Return();
        session.Ask("rpm", 5).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_silo_whose_clock_is_off_grants_nothing()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(5));
        bench.Silo.Time.Off = TimeSpan.FromSeconds(3);
        var session = bench.Session();

        session.Ask("rpd").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        bench.Silo.Time.Off = TimeSpan.Zero;
        session.Ask("rpd").Refusal.Should().BeNull();
        bench.Silo.Time.Off = TimeSpan.FromDays(1);
        session.Ask("rpd").Refusal!.Kind.Should().Be(RefusalKind.Unavailable, "the jump is noticed at once");
        bench.Silo.Time.Off = TimeSpan.Zero;
        session.Ask("rpd").Refusal.Should().BeNull();
        bench.Window("rpd").ResetsAt.Should().Be(new DateTimeOffset(2026, 5, 7, 0, 0, 0, TimeSpan.Zero), "the wrong day was never opened");
    }

    [Fact]
    public void An_activation_that_ends_in_order_leaves_nothing_claimed_but_what_is_held()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000)).WithConcurrency(10);
        var session = bench.Session();
        session.Ask("rpd", 3);
        session.Settle();

        bench.Silo.Close();

        bench.Store.Stored.Epochs.Should().ContainSingle(epoch => epoch.Epoch == 0).Which.Windows.Single().Periods.Single().Units.Should().Be(3);
        bench.Store.Stored.Permits.Should().BeEmpty();
        bench.Session("other").Ask("rpd", 1_997).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_subject_whose_row_was_lost_goes_on_in_a_later_epoch()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(5));
        var session = bench.Session();
        var before = session.Ask("rpd", 3);
        bench.Store.Lose();
        bench.Restart();

        session.Settle().IsTaken.Should().BeTrue();
        var answer = session.Ask("rpd", 5);

        answer.Refusal.Should().BeNull();
        answer.Epoch.Should().BeGreaterThan(before.Epoch);
    }

    [Fact]
    public void A_session_that_died_costs_until_its_journal_is_read()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(100));
        var dead = bench.Session("dead");
        dead.Ask("rpd", 60);
        bench.Restart();
        bench.Session("alive").Ask("rpd", 60).Refusal.Should().NotBeNull();

        dead.TellLast().IsTaken.Should().BeTrue();
        bench.Session("alive").Ask("rpd", 60).Refusal.Should().BeNull();
        bench.Restart();
        bench.Session("alive").Ask("rpd", 60).Refusal.Should().NotBeNull("what the living hold counts as before");
    }

    [Fact]
    public void What_a_journal_told_is_known_to_the_next_activation()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(100));
        var dead = bench.Session("dead");
        dead.Ask("rpd", 60);
        dead.TellLast();
        bench.Restart();

        bench.Window("rpd").Should().Match<WindowState>(window => window.Used == 0 && window.Reserved == 0);
    }

    [Fact]
    public void Days_of_comings_and_goings_leave_a_short_row()
    {
        var bench = new LimitBench().With(LimitBench.Budget(1_000_000), LimitBench.PerMinute(50)).WithConcurrency(4);
        for (var hour = 0; hour < 200; hour++)
        {
            var session = bench.Session($"session-{hour}");
            session.Ask("budget", 100);
            if (hour % 3 == 0)
            {
                bench.Restart();
            }

            session.Settle();
            session.Tell();
            if (hour % 3 == 1)
            {
                bench.Silo.Close();
            }

            bench.Pass(TimeSpan.FromHours(2));
        }

        bench.Store.Stored.Epochs.Length.Should().BeLessThan(40);
        System.Text.Json.JsonSerializer.Serialize(bench.Store.Stored).Length.Should().BeLessThan(20_000);
        bench.Window("budget").Used.Should().BeLessThanOrEqualTo(1_000_000);
    }

    private static WindowWish Wish(long amount, string window = "rpd") => new() { WindowId = window, Minimum = amount, Desired = amount };
}
