using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Tests.Limits.Model;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

/// <summary>A budget that nothing is stored of begins with what the ledger says was spent in its window.</summary>
public sealed class BudgetBeginTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private static readonly WindowLimit Rolling = new() { Id = "rolls", Unit = LimitUnit.TotalTokens, Window = WindowKind.RollingHours, RollingHours = 1, Limit = 100, IsHard = true, IsBudget = true };

    private readonly LimitBench _bench = new(Noon);
    private readonly List<SpendQuestion> _asked = [];

    public BudgetBeginTests() => Spent(60);

    [Fact]
    public void A_budget_that_is_set_in_the_middle_of_a_month_has_what_was_spent_since_its_begin()
    {
        var session = _bench.With(LimitBench.Budget(100)).Session();

        session.Ask("budget", 41).Refusal.Should().BeEquivalentTo(new { Kind = RefusalKind.Exhausted, Left = 40 });
        session.Ask("budget", 40).Refusal.Should().BeNull();

        _bench.Window("budget").Used.Should().Be(60);
        _asked.Should().Equal(new SpendQuestion("subject", LimitUnit.NanoUsd, At("2026-05-01"), At("2026-06-01"), TimeSpan.FromDays(31)));
    }

    [Fact]
    public void One_below_what_was_spent_is_used_up()
    {
        var refusal = _bench.With(LimitBench.Budget(50)).Session().Ask("budget").Refusal!;

        refusal.Should().Be(new LimitRefusal { Kind = RefusalKind.Exhausted, WindowId = "budget", RetryAt = At("2026-06-01"), Left = 0 });
    }

    [Fact]
    public void A_budget_that_is_added_to_other_limits_is_asked_about_alone_and_the_next_window_begins_with_nothing()
    {
        var session = _bench.With(LimitBench.PerDay(100)).Session();
        session.Ask("rpd").Refusal.Should().BeNull();
        _asked.Should().BeEmpty("a rate is no budget");

        _bench.With(LimitBench.PerDay(100), LimitBench.Budget(100, WindowKind.Day));
        session.Ask("budget", 40).Refusal.Should().BeNull();
        session.Settle();
        _bench.Pass(TimeSpan.FromDays(1));

        session.Ask("budget", 100).Refusal.Should().BeNull();
        _asked.Should().ContainSingle();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_next_activation_goes_on_from_what_is_stored(bool inOrder)
    {
        var session = _bench.With(LimitBench.Budget(100), Rolling).Session();
        session.Ask("budget", 10);
        session.Settle();
        if (inOrder)
        {
            _bench.Silo.Close();
        }

        _bench.Restart();
        session.Tell();
        session.Settle();

        session.Ask("rolls", 40).Refusal.Should().BeNull();
        _bench.Window("budget").Used.Should().Be(70);
        _asked.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(WriteFault.Refused)]
    [InlineData(WriteFault.AnswerLost)]
    [InlineData(WriteFault.Late)]
    internal void A_first_write_with_an_unknown_outcome_counts_nothing_twice(WriteFault fault)
    {
        var session = _bench.With(LimitBench.PerDay(100)).Session();
        session.Ask("rpd");
        _bench.With(LimitBench.PerDay(100), LimitBench.Budget(100));
        _bench.Store.NextFault = fault;
        session.Ask("budget").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        _bench.Store.LetGoOn();
        session.Return();
        session.Ask("budget", 30);

        session.Return();

        _bench.Window("budget").Used.Should().Be(60);
        session.Ask("budget", 40).Refusal.Should().BeNull();
    }

    [Fact]
    public void Two_activations_that_begin_at_once_count_it_once()
    {
        _bench.With(LimitBench.Budget(100));
        var other = _bench.NewSilo();
        other.Describe(_bench.Limits);
        _bench.Session("a").Ask("budget", 10).Refusal.Should().BeNull();
        var late = _bench.Session("b").Call([new WindowWish { WindowId = "budget", Minimum = 1, Desired = 1 }]);

        other.Acquire(late).Answered().Refusal!.Kind.Should().Be(RefusalKind.Unavailable, "it was not the first to write");
        other.Acquire(late).Answered().Windows.Single().Used.Should().Be(60);
    }

    [Fact]
    public void A_lost_row_is_rebuilt_and_what_the_lost_activation_granted_is_not_taken_in_beside_it()
    {
        var session = _bench.With(LimitBench.Budget(100)).Session();
        session.Ask("budget", 15);
        _bench.Store.Lose();
        _bench.Restart();
        Spent(75);

        session.Settle();
        session.Ask("budget", 25).Refusal.Should().BeNull();

        _bench.Window("budget").Should().Match<WindowState>(window => window.Used == 75 && window.Reserved == 25);
    }

    [Fact]
    public void While_the_ledger_cannot_be_read_nothing_is_granted()
    {
        var session = _bench.With(LimitBench.Budget(100)).Session();
        _bench.Store.Spend = _ => Task.FromException<IReadOnlyList<SpentPart>>(new IOException("away"));

        session.Ask("budget").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        session.Ask("budget").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        _bench.Log.Lines.Should().ContainSingle(entry => entry.Contains("cannot be read from the ledger", StringComparison.Ordinal)).Which.Should().Contain("away");

        Spent(60);
        session.Ask("budget", 40).Refusal.Should().BeNull();
    }

    [Fact]
    public void A_ledger_that_takes_long_is_waited_for_a_second_and_asked_only_once()
    {
        var session = _bench.With(LimitBench.Budget(100)).Session();
        var read = new TaskCompletionSource<IReadOnlyList<SpentPart>>();
        Answer(_ => read.Task);
        var first = _bench.Silo.Acquire(session.Call([new WindowWish { WindowId = "budget", Minimum = 1, Desired = 1 }]))!;
        first.IsCompleted.Should().BeFalse();
        _bench.Pass(TimeSpan.FromSeconds(1));
        first.Answered().Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        _bench.Pass(TimeSpan.FromSeconds(40));
        var later = _bench.Silo.Acquire(session.Call([new WindowWish { WindowId = "budget", Minimum = 1, Desired = 1 }]))!;
        _bench.Pass(TimeSpan.FromSeconds(1));
        later.Answered().Refusal!.Kind.Should().Be(RefusalKind.Unavailable);

        read.SetResult([new SpentPart(0, 60)]);

        session.Ask("budget", 40).Refusal.Should().BeNull();
        _asked.Should().ContainSingle();
    }

    [Fact]
    public void What_was_told_long_ago_is_asked_for_anew()
    {
        var session = _bench.With(LimitBench.Budget(100)).Session();
        var read = new TaskCompletionSource<IReadOnlyList<SpentPart>>();
        Answer(_ => read.Task);
        _ = _bench.Silo.Acquire(session.Call([new WindowWish { WindowId = "budget", Minimum = 1, Desired = 1 }]));
        _bench.Pass(TimeSpan.FromSeconds(1));
        read.SetResult([new SpentPart(0, 60)]);
        _bench.Pass(TimeSpan.FromMinutes(1));
        Spent(80);

        session.Ask("budget", 21).Refusal.Should().NotBeNull();
        session.Ask("budget", 20).Refusal.Should().BeNull();
    }

    [Fact]
    public void Of_a_window_that_rolls_each_step_is_free_when_it_is_over()
    {
        Answer(_ => Task.FromResult<IReadOnlyList<SpentPart>>([new SpentPart(0, 30), new SpentPart(30, 50), new SpentPart(99, 20)]));
        var session = _bench.With(Rolling).Session();

        session.Ask("rolls").Refusal!.Kind.Should().Be(RefusalKind.Exhausted);
        _bench.PassTo(Noon.AddSeconds(64));
        session.Ask("rolls", 30).Refusal.Should().BeNull();
        session.Return();
        _bench.PassTo(Noon.AddMinutes(32));
        session.Ask("rolls", 80).Refusal.Should().BeNull();
        session.Return();
        _bench.PassTo(Noon.AddMinutes(62));
        session.Ask("rolls", 100).Refusal.Should().BeNull();
        _asked.Should().ContainSingle().Which.Should().Match<SpendQuestion>(question => question.From == Noon.AddHours(-1) && question.Step == TimeSpan.FromMinutes(1) && question.To > Noon);
    }

    [Fact]
    public void A_budget_that_is_away_for_a_while_goes_on_in_its_window_and_later_begins_anew()
    {
        var session = _bench.With(LimitBench.Budget(100, WindowKind.Day), LimitBench.PerDay(9)).Session();
        session.Ask("budget", 10);
        session.Settle();
        Take(away: TimeSpan.FromHours(1));
        _bench.Window("budget").Used.Should().Be(70);
        _asked.Should().ContainSingle();

        Take(away: TimeSpan.FromDays(2));

        _bench.Window("budget").Used.Should().Be(60);
        _asked.Should().HaveCount(2);

        void Take(TimeSpan away)
        {
            _bench.With(LimitBench.PerDay(9));
            session.Ask("rpd");
            _bench.Pass(away);
            session.Ask("rpd");
            _bench.With(LimitBench.Budget(100, WindowKind.Day), LimitBench.PerDay(9));
            session.Ask("budget");
            session.Return();
        }
    }

    [Theory]
    [InlineData(WindowKind.Month)]
    [InlineData(WindowKind.RollingHours)]
    public void A_budget_that_was_away_unnoticed_begins_anew_with_what_was_spent_meanwhile(WindowKind window)
    {
        var budget = window == WindowKind.Month ? LimitBench.Budget(100) : Rolling with { Id = "budget", Unit = LimitUnit.NanoUsd };
        Spent(0);
        var session = _bench.With(budget).Session();
        session.Ask("budget", 10);
        session.Settle();
        _bench.Silo.Close();
        _bench.PassTo(Noon.AddMonths(4));
        Answer(question => Task.FromResult<IReadOnlyList<SpentPart>>([new SpentPart(0, 100)]));

        // Nobody asked while there were no limits.
        _bench.With(budget);

        session.Ask("budget").Refusal!.Kind.Should().Be(RefusalKind.Exhausted);
        _asked.Should().HaveCount(2);
    }

    [Fact]
    public void Newer_limits_in_the_middle_of_a_window_ask_nobody()
    {
        var session = _bench.With(LimitBench.Budget(100), Rolling).Session();
        session.Ask("budget", 10);
        session.Ask("rolls", 10);
        session.Settle();
        var asked = _asked.Count;

        _bench.With(LimitBench.Budget(90), Rolling);
        session.Ask("budget");

        _asked.Should().HaveCount(asked);
        _bench.Window("budget").Used.Should().Be(70);
    }

    [Fact]
    public void Newer_limits_that_come_while_the_clock_is_wrong_count_nothing_twice()
    {
        Spent(0);
        var session = _bench.With(Rolling).Session();
        session.Ask("rolls", 40);
        session.Settle();
        Spent(40);
        _bench.Silo.Time.Off = TimeSpan.FromHours(2);

        _bench.With(Rolling);
        session.Ask("rolls").Refusal!.Kind.Should().Be(RefusalKind.Unavailable);
        _bench.Silo.Time.Off = TimeSpan.Zero;

        session.Ask("rolls", 60).Refusal.Should().BeNull();
        _bench.Window("rolls").Used.Should().Be(40);
    }

    [Fact]
    public void Budgets_of_a_row_that_an_older_version_wrote_have_begun()
    {
        var session = _bench.With(LimitBench.Budget(100)).Session();
        Spent(0);
        session.Ask("budget", 10);
        session.Settle();
        _bench.Silo.Close();
        _bench.Store.Rewrite(json => json.Replace("\"Schema\":2", "\"Schema\":1", StringComparison.Ordinal).Replace("\"Begun\"", "\"Unknown\"", StringComparison.Ordinal));
        Spent(60);

        _bench.Session("other").Ask("budget", 90).Refusal.Should().BeNull();
        _asked.Should().ContainSingle();
    }

    [Fact]
    public void Limits_that_came_just_before_the_end_of_an_activation_have_not_begun()
    {
        var session = _bench.With(LimitBench.PerDay(9)).Session();
        session.Ask("rpd");
        _bench.With(LimitBench.PerDay(9), Rolling);
        session.Settle();
        _bench.Silo.Close();

        session.Ask("rolls", 41).Refusal.Should().NotBeNull();
    }

    private static DateTimeOffset At(string date) => DateTimeOffset.Parse(date + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    private void Spent(long units) => Answer(question => Task.FromResult<IReadOnlyList<SpentPart>>([new SpentPart(Math.Max(0, (long)((Noon - question.From) / question.Step)), units)]));

    private void Answer(Func<SpendQuestion, Task<IReadOnlyList<SpentPart>>> answer) => _bench.Store.Spend = question =>
    {
        _asked.Add(question);
        return answer(question);
    };
}
