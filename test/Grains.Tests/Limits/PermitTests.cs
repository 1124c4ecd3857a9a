using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

public sealed class PermitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(250)]
    public void No_more_are_out_than_the_limit_and_all_of_them_can_be(int limit)
    {
        var bench = new LimitBench().WithConcurrency(limit);
        BenchSession[] sessions = [bench.Session("a"), bench.Session("b"), bench.Session("c")];

        var answers = Enumerable.Range(0, 2 * limit + 3).Select(call => sessions[call % 3].AskPermits(1)).ToList();

        answers.Count(answer => answer.Refusal is null).Should().Be(limit);
        answers[^1].AnsweredAt.Should().Be(bench.Clock.GetUtcNow());
        answers[^1].Refusal.Should().Be(new LimitRefusal { Kind = RefusalKind.Concurrency, RetryAt = bench.Clock.GetUtcNow().AddSeconds(1) });
    }

    [Fact]
    public void A_permit_that_came_back_is_free_at_once_for_everybody()
    {
        var bench = new LimitBench().WithConcurrency(2);
        var (one, other) = (bench.Session("a"), bench.Session("b"));
        one.AskPermits(2);
        other.AskPermits(1).Refusal.Should().NotBeNull();

        one.Return();

        other.AskPermits(2).Refusal.Should().BeNull();
        one.AskPermits(1).Refusal.Should().NotBeNull();
    }

    [Fact]
    public void A_node_that_never_ceases_to_ask_leaves_the_others_their_turn()
    {
        var bench = new LimitBench().WithConcurrency(1);
        var (greedy, other) = (bench.Session("greedy"), bench.Session("other"));
        greedy.WaitForPermit().Refusal.Should().BeNull();
        other.WaitForPermit().Refusal.Should().NotBeNull();
        bench.Pass(TimeSpan.FromMilliseconds(300));

        greedy.WaitForPermit(ended: 1).Refusal!.Kind.Should().Be(RefusalKind.Concurrency, "what came back is for whom it was refused");
        other.WaitForPermit().Refusal.Should().BeNull();
        bench.Pass(TimeSpan.FromMilliseconds(50));
        greedy.WaitForPermit().Refusal.Should().NotBeNull("nothing is free");
        other.WaitForPermit(ended: 1).Refusal.Should().NotBeNull("it is the turn of the one before");
        greedy.WaitForPermit().Refusal.Should().BeNull();
    }

    [Fact]
    public void A_request_whose_permit_lapsed_before_its_next_attempt_keeps_its_turn()
    {
        var bench = new LimitBench().WithConcurrency(1);
        var (failing, other) = (bench.Session("failing"), bench.Session("other"));
        failing.WaitForPermit().Refusal.Should().BeNull();
        other.WaitForPermit().Refusal.Should().NotBeNull();
        bench.Pass(TimeSpan.FromMilliseconds(300));

        failing.RenewPermit().Refusal.Should().BeNull();
        other.WaitForPermit().Refusal.Should().NotBeNull();
    }

    [Fact]
    public void While_two_nodes_ask_without_end_each_has_half()
    {
        var bench = new LimitBench().WithConcurrency(4);
        BenchSession[] sessions = [bench.Session("a"), bench.Session("b")];
        int[] held = [0, 0];
        var most = new List<(int A, int B)>();
        for (var step = 0; step < 200; step++)
        {
            var who = step % 10 == 9 ? 1 : 0;
            var ended = held[who] > 0 && step % 3 == 0 ? 1 : 0;
            held[who] += (sessions[who].WaitForPermit(ended).Refusal is null ? 1 : 0) - ended;
            most.Add((held[0], held[1]));
            bench.Pass(TimeSpan.FromMilliseconds(40));
        }

        most.Skip(100).Should().OnlyContain(pair => pair.A <= 3 && pair.B >= 1, "one asks nine times as often as the other");
    }

    [Fact]
    public void A_turn_is_kept_for_a_moment_and_only_for_those_who_go_on_asking()
    {
        var bench = new LimitBench().WithConcurrency(1);
        var (one, waiting, passing) = (bench.Session("one"), bench.Session("waiting"), bench.Session("passing"));
        one.AskPermits(1);
        passing.AskPermits(1).Refusal.Should().NotBeNull();
        one.WaitForPermit(ended: 1).Refusal.Should().BeNull("nobody waits at the other node");

        waiting.WaitForPermit().Refusal.Should().NotBeNull();
        one.WaitForPermit(ended: 1).Refusal.Should().NotBeNull();
        bench.Pass(TimeSpan.FromMilliseconds(700));

        one.WaitForPermit().Refusal.Should().BeNull("who was refused has not come again");
    }

    [Fact]
    public void After_a_restart_sessions_keep_what_they_have_and_give_back_what_they_have_not()
    {
        var bench = new LimitBench().WithConcurrency(3);
        var (one, other) = (bench.Session("a"), bench.Session("b"));
        one.AskPermits(2);
        bench.Restart();

        other.AskPermits(2).Refusal.Should().NotBeNull();
        other.AskPermits(1).Refusal.Should().BeNull();
        one.Tell();
        one.Return();
        other.AskPermits(2).Refusal.Should().BeNull();
    }

    [Fact]
    public void What_an_idle_session_has_given_back_is_free_after_a_restart_without_asking_it_again()
    {
        var bench = new LimitBench().WithConcurrency(2);
        var idle = bench.Session("idle");
        idle.AskPermits(2);
        idle.Return();
        bench.Store.Stored.Permits.Should().ContainSingle("the next request may follow at once, and should need no write");

        bench.Pass(TimeSpan.FromSeconds(6));
        idle.Tell();
        bench.Restart();

        bench.Session("other").AskPermits(2).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_late_report_from_before_a_restart_gives_nothing_back()
    {
        var bench = new LimitBench().WithConcurrency(1);
        var session = bench.Session("a");
        var early = session.Call([]).Report;
        session.AskPermits(1);
        bench.Restart();

        bench.Silo.Report(early, bench.Limits).Answered().IsTaken.Should().BeTrue();

        bench.Session("b").AskPermits(1).Refusal.Should().NotBeNull("it says nothing of the permit that was granted after it");
    }

    [Fact]
    public void A_session_that_is_lost_gives_its_permits_back_within_twelve_seconds()
    {
        var bench = new LimitBench().WithConcurrency(2);
        bench.Session("dead").AskPermits(2);
        var session = bench.Session("alive");
        var waited = TimeSpan.Zero;
        while (session.AskPermits(2).Refusal is { } refusal)
        {
            refusal.Kind.Should().Be(RefusalKind.Concurrency);
            waited.Should().BeLessThan(TimeSpan.FromSeconds(12));
            bench.Pass(TimeSpan.FromMilliseconds(500));
            waited += TimeSpan.FromMilliseconds(500);
            if (waited >= TimeSpan.FromSeconds(9.5))
            {
                bench.Lose("dead");
            }
        }

        waited.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(9.5));
    }

    [Fact]
    public void Permits_of_a_session_that_is_lost_are_not_shown_for_long_as_in_use_where_nobody_asks_for_any()
    {
        var bench = new LimitBench().WithConcurrency(5);
        bench.Session("dead").AskPermits(3);
        bench.Session("alive").AskPermits(2);
        bench.Pass(TimeSpan.FromSeconds(9));
        bench.Lose("dead");
        InUse(bench).Should().Be(5);

        bench.Pass(TimeSpan.FromSeconds(1.5));
        InUse(bench);

        InUse(bench).Should().Be(2);
    }

    [Fact]
    public void A_session_that_was_heard_of_lately_is_not_asked_about()
    {
        var bench = new LimitBench().WithConcurrency(1);
        var holder = bench.Session("holder");
        holder.AskPermits(1);
        bench.Lose("holder");
        bench.Pass(TimeSpan.FromSeconds(9));
        holder.Tell();
        bench.Pass(TimeSpan.FromSeconds(9));

        bench.Session("other").AskPermits(1).Refusal.Should().NotBeNull();
    }

    [Fact]
    public void A_lower_limit_grants_nothing_until_enough_came_back()
    {
        var bench = new LimitBench().WithConcurrency(5);
        var (one, other) = (bench.Session("a"), bench.Session("b"));
        one.AskPermits(2);
        other.AskPermits(2);

        bench.WithConcurrency(3);

        other.AskPermits(1).Refusal.Should().NotBeNull();
        one.Return();
        other.AskPermits(1).Refusal.Should().BeNull();
        other.AskPermits(1).Refusal.Should().NotBeNull();
    }

    [Fact]
    public void Without_a_bound_permits_are_free_and_cost_no_claim()
    {
        var bench = new LimitBench().WithConcurrency(null);

        bench.Session().AskPermits(7).Permits.Should().Be(7);

        bench.Store.Stored.Permits.Should().BeEmpty();
    }

    private static int InUse(LimitBench bench) => bench.Silo.Describe(bench.Limits)!.PermitsOut;
}
