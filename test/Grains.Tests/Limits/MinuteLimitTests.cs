using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

public sealed class MinuteLimitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60)]
    public void Of_many_calls_at_once_exactly_the_limit_is_granted(int limit)
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(limit));
        BenchSession[] sessions = [bench.Session("a"), bench.Session("b"), bench.Session("c")];

        var answers = Enumerable.Range(0, 10 * limit).Select(call => sessions[call % 3].Ask("rpm")).ToList();

        answers.Count(answer => answer.Refusal is null).Should().Be(limit);
        answers[..limit].Should().OnlyContain(answer => answer.Refusal == null);
    }

    [Fact]
    public void Calls_that_wait_share_writes()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(60));
        bench.Store.NextFault = Model.WriteFault.Slow;

        var answers = Enumerable.Range(0, 600).Select(call => bench.Silo.Acquire(Calls.Acquire(bench.Limits, $"session-{call % 3}", 1 + (call / 3)))!).ToList();
        bench.Store.LetGoOn();
        bench.Silo.Drain();

        answers.Should().OnlyContain(answer => answer.IsCompletedSuccessfully);
        answers.Count(answer => answer.Answered().Refusal is null).Should().Be(60);
        bench.Store.Writes.Should().BeLessThanOrEqualTo(3);
    }

    [Fact]
    public void A_refused_call_is_granted_when_it_was_told_to_come_again()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        for (var i = 0; i < 5; i++)
        {
            session.Ask("rpm").Refusal.Should().BeNull();
            session.Settle();
            bench.Pass(TimeSpan.FromSeconds(3.7));
        }

        for (var need = 1; need <= 5; need++)
        {
            var refusal = session.Ask("rpm", need).Refusal!;
            refusal.Should().Match<LimitRefusal>(it => it.Kind == RefusalKind.Exhausted && it.WindowId == "rpm");
            (refusal.RetryAt - bench.Clock.GetUtcNow()).Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThan(TimeSpan.FromSeconds(65));
            bench.PassTo(refusal.RetryAt!.Value.AddMilliseconds(-QuotaRules.ClockDifference - 1));
            session.Ask("rpm", need).Refusal.Should().NotBeNull("it is a millisecond too early for {0}", need);
            bench.PassTo(refusal.RetryAt.Value);
            session.Ask("rpm", need).Refusal.Should().BeNull("it was told so for {0}", need);
            session.Settle();
        }
    }

    [Fact]
    public void It_is_granted_then_by_another_activation_too()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        session.Ask("rpm", 5).Refusal.Should().BeNull();
        session.Settle();
        var retryAt = session.Ask("rpm").Refusal!.RetryAt!.Value;

        bench.Restart();
        bench.PassTo(retryAt);

        session.Ask("rpm").Refusal.Should().BeNull();
    }

    [Fact]
    public void A_caller_is_not_told_to_wait_for_requests_in_flight_which_do_not_come_back()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        for (var i = 0; i < 5; i++)
        {
            bench.Session($"session-{i}").Ask("rpm").Refusal.Should().BeNull();
        }

        var refusal = bench.Session("other").Ask("rpm").Refusal!;

        refusal.Kind.Should().Be(RefusalKind.Exhausted);
        (refusal.RetryAt - bench.Clock.GetUtcNow()).Should().BeGreaterThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void What_an_earlier_activation_claimed_and_may_not_have_granted_is_not_taken_for_used()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(100));
        bench.Session().Ask("rpm").Refusal.Should().BeNull();
        bench.Restart();

        var other = bench.Session("other");
        var refusal = Enumerable.Range(0, 100).Select(_ => other.Ask("rpm").Refusal).First(refusal => refusal is not null)!;

        refusal.Kind.Should().Be(RefusalKind.Reserved, "the first session has not told yet");
    }

    [Fact]
    public void While_only_reservations_are_in_the_way_it_says_so()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(200));
        var session = bench.Session();
        session.Ask("rpm", 199).Refusal.Should().BeNull();
        session.Ask("rpm").Refusal.Should().BeNull();

        var refusal = bench.Session("other").Ask("rpm").Refusal!;

        refusal.Kind.Should().Be(RefusalKind.Reserved);
        refusal.RetryAt.Should().Be(bench.Clock.GetUtcNow().AddSeconds(1));
        session.Return();
        bench.Session("third").Ask("rpm", 2).Refusal.Should().BeNull("it came back at once");
    }

    [Fact]
    public void More_than_the_whole_limit_never_fits()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(2));

        bench.Session().Ask("rpm", 3).Refusal.Should().Be(new LimitRefusal { Kind = RefusalKind.NeverFits, WindowId = "rpm" });
    }

    [Fact]
    public void A_small_limit_makes_no_stocks()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(100));

        bench.Session().Ask("rpm", 1, 50).Grants.Single().Amount.Should().Be(1);
    }

    [Fact]
    public void The_last_part_of_a_large_limit_is_granted_request_by_request()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(1_000));
        var session = bench.Session();

        session.Ask("rpm", 1, 5_000).Grants.Single().Amount.Should().Be(980);
        session.Ask("rpm", 1, 5_000).Grants.Single().Amount.Should().Be(1);
        session.Ask("rpm", 19, 5_000).Grants.Single().Amount.Should().Be(19);
        session.Ask("rpm", 1).Refusal.Should().NotBeNull();
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(1_000, 980)]
    public void Where_no_stock_is_made_all_who_wait_are_granted_by_one_call(int limit, int before)
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(limit));
        var session = bench.Session();
        if (before > 0)
        {
            session.Ask("rpm", 1, 5_000).Grants.Single().Amount.Should().Be(before);
        }

        session.Ask("rpm", 1, 5_000, waiting: 7).Grants.Single().Amount.Should().Be(7);
        bench.Session("other").Ask("rpm", 1, 5_000, waiting: 5_000).Grants.Single().Amount.Should().Be(limit - before - 7);
    }

    [Theory]
    [InlineData(true, -500, 500)]
    [InlineData(false, 0, 30_000)]
    [InlineData(false, 0, 3_600_000)]
    [InlineData(false, 30_000, 0)]
    public void A_clock_that_is_set_makes_nothing_free_earlier(bool isShared, int before, int after)
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        bench = isShared ? bench : bench.Embedded();
        bench.Silo.Time.Off = TimeSpan.FromMilliseconds(before);
        var session = bench.Session();
        session.Ask("rpm", 3).Refusal.Should().BeNull();
        session.Settle();
        bench.Pass(TimeSpan.FromSeconds(20));
        session.Ask("rpm", 2).Refusal.Should().BeNull();
        session.Settle();

        bench.Silo.Time.Off = TimeSpan.FromMilliseconds(after);
        session.Ask("rpm").Refusal.Should().NotBeNull();
        bench.Pass(TimeSpan.FromSeconds(41.9));
        session.Ask("rpm").Refusal.Should().NotBeNull("62 s have not passed since any of it was used");

        // A slot, a lease, and where the clock went on: the slot it went into.
        bench.Pass(TimeSpan.FromSeconds(2.1));
        session.Ask("rpm", 3).Refusal.Should().BeNull();
        session.Ask("rpm").Refusal.Should().NotBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void So_it_is_for_what_was_settled_for_good_and_what_an_earlier_activation_granted(bool restarts)
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5)).Embedded();
        var session = bench.Session();
        session.Ask("rpm", 5).Refusal.Should().BeNull();
        session.Settle();
        if (restarts)
        {
            bench.Silo.Crash();
        }
        else
        {
            session.TellLast();
        }

        bench.Pass(TimeSpan.FromSeconds(5));
        var other = bench.Session("other");
        other.Ask("rpm").Refusal.Should().NotBeNull();
        bench.Silo.Time.Off = TimeSpan.FromMinutes(10);
        bench.Pass(TimeSpan.FromSeconds(57));
        other.Ask("rpm").Refusal.Should().NotBeNull("62 s have not passed since it was used");

        bench.Pass(TimeSpan.FromSeconds(3));
        other.Ask("rpm", 5).Refusal.Should().BeNull();
    }

    [Fact]
    public void What_another_activation_granted_is_counted_for_as_long_as_two_clocks_may_differ_in_addition()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        session.Ask("rpm", 5).Refusal.Should().BeNull();
        session.Settle();
        bench.Restart();

        bench.Pass(TimeSpan.FromSeconds(64.4));
        session.Ask("rpm").Refusal.Should().NotBeNull();
        bench.Pass(TimeSpan.FromSeconds(0.1));
        session.Ask("rpm").Refusal.Should().BeNull();
    }

    [Fact]
    public void A_limit_that_is_always_used_up_gives_all_that_comes_free_in_few_calls()
    {
        // In half seconds: a unit is free again 63 s after its second began.
        const int Span = 126;
        const int Limit = 100_000;
        var bench = new LimitBench().With(LimitBench.PerMinute(Limit));
        BenchSession[] sessions = [bench.Session("a"), bench.Session("b")];
        var (used, calls) = (0L, 0);
        for (var half = 0; half < (2 * Span) - 1; half++)
        {
            foreach (var session in sessions)
            {
                // A second's worth waits at each.
                var answer = session.Ask("rpm", 1, Limit / 60, Limit / 60);
                calls++;
                if (answer.Refusal is null)
                {
                    used += half >= Span ? answer.Grants.Single().Amount : 0;
                    session.Settle();
                }
            }

            bench.Pass(TimeSpan.FromSeconds(0.5));
        }

        used.Should().BeInRange(Limit * 99 / 100, Limit);
        calls.Should().BeLessThan(Limit / 100);
    }

    [Fact]
    public void A_large_limit_is_usable_in_stocks_with_few_calls()
    {
        const int Limit = 100_000;
        var bench = new LimitBench().With(LimitBench.PerMinute(Limit));
        BenchSession[] sessions = [bench.Session("a"), bench.Session("b")];
        var (used, calls) = (0L, 0);
        for (var second = 0; second < 60; second++)
        {
            foreach (var session in sessions)
            {
                // Each wants half of the limit a minute, and all of what it has goes to requests.
                var answer = session.Ask("rpm", 1, Limit / 120);
                calls++;
                if (answer.Refusal is null)
                {
                    used += answer.Grants.Single().Amount;
                    session.Settle();
                }
            }

            bench.Pass(TimeSpan.FromSeconds(1));
        }

        used.Should().BeInRange(Limit * 95 / 100, Limit);
        calls.Should().BeLessThan(Limit / 500);
        bench.Store.Writes.Should().BeLessThanOrEqualTo(2 * 60 + 2);
    }

    [Fact]
    public void A_repeat_has_the_same_answer_with_what_is_left_of_its_lease()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        var call = session.Call([Wish("rpm")]);
        var first = bench.Silo.Acquire(call).Answered();
        bench.Pass(TimeSpan.FromMilliseconds(500));

        var again = bench.Silo.Acquire(call).Answered();

        first.LeaseMilliseconds.Should().Be(2_000);
        again.LeaseMilliseconds.Should().Be(1_500);
        again.Grants.Should().Equal(first.Grants);
        bench.Window("rpm").Reserved.Should().Be(1);
        bench.Pass(TimeSpan.FromSeconds(5));
        bench.Silo.Acquire(call).Answered().LeaseMilliseconds.Should().Be(0);
    }

    [Fact]
    public void A_call_that_was_given_up_is_stale()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        var call = session.Call([Wish("rpm")]);
        session.Tell();

        bench.Silo.Acquire(call).Answered().Refusal!.Kind.Should().Be(RefusalKind.Stale);
    }

    [Fact]
    public void A_granted_call_whose_answer_was_lost_is_free_again_when_it_is_given_up()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        bench.Silo.Acquire(session.Call([Wish("rpm", 5)])).Answered().Refusal.Should().BeNull();

        session.Tell().Windows.Single().Reserved.Should().Be(0);
        session.Ask("rpm", 5).Refusal.Should().BeNull();
    }

    [Fact]
    public void An_older_report_that_comes_later_is_ignored()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(5));
        var session = bench.Session();
        session.Ask("rpm", 5);
        var late = session.Call([Wish("rpm")]).Report;
        session.Settle();

        bench.Silo.Report(late, bench.Limits).Answered().Windows.Single().Should().Match<WindowState>(window => window.Used == 5 && window.Reserved == 0);
    }

    [Fact]
    public void A_row_of_slots_that_are_over_is_trimmed()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(1_000));
        var session = bench.Session();
        for (var second = 0; second < 300; second++)
        {
            session.Ask("rpm");
            session.Settle();
            bench.Pass(TimeSpan.FromSeconds(1));
        }

        bench.Store.Stored.Epochs.Sum(epoch => epoch.Windows.Sum(window => window.Periods.Length)).Should().BeLessThanOrEqualTo(66 + QuotaRules.SlotsAhead);
    }

    [Fact]
    public void Calls_that_keep_coming_need_a_write_only_every_few_seconds_while_half_of_the_limit_is_free()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(100_000));
        var session = bench.Session();
        for (var call = 0; call < 40; call++)
        {
            session.Ask("rpm", 1, 30).Refusal.Should().BeNull();
            session.Settle();
            bench.Pass(TimeSpan.FromSeconds(1.5));
        }

        bench.Store.Writes.Should().BeLessThanOrEqualTo(60);
    }

    [Fact]
    public void Where_more_than_half_is_taken_nothing_is_claimed_for_slots_to_come()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(1_000));
        var session = bench.Session();
        session.Ask("rpm", 501).Refusal.Should().BeNull();

        bench.Store.Stored.Epochs.Single().Windows.Single().Periods.Should().ContainSingle();
        bench.Pass(TimeSpan.FromSeconds(1));
        session.Ask("rpm", 1).Refusal.Should().BeNull();
        bench.Store.Stored.Epochs.Single().Windows.Single().Periods.Should().HaveCount(2);
    }

    [Fact]
    public void What_was_granted_from_a_slot_claimed_ahead_counts_after_a_crash()
    {
        var bench = new LimitBench().With(LimitBench.PerMinute(1_000));
        var session = bench.Session();
        session.Ask("rpm", 100).Refusal.Should().BeNull();
        bench.Pass(TimeSpan.FromSeconds(1));
        session.Ask("rpm", 50).Refusal.Should().BeNull();
        bench.Store.Writes.Should().Be(1);
        bench.Restart();

        var other = bench.Session("other");
        var claimed = bench.Store.Stored.Epochs.Single().Windows.Single().Periods.Sum(period => period.Units);
        other.Ask("rpm", 1_001 - claimed).Refusal!.Kind.Should().Be(RefusalKind.Reserved);
        other.Ask("rpm", 1_000 - claimed).Refusal.Should().BeNull();
        session.Settle();
        session.Settle();

        other.Ask("rpm", claimed - 150).Refusal.Should().BeNull("the first session has used 150 of it");
        other.Ask("rpm").Refusal.Should().NotBeNull();
    }

    private static WindowWish Wish(string window, long amount = 1) => new() { WindowId = window, Minimum = amount, Desired = amount };
}
