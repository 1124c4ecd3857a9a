using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

/// <summary>The last word of a session, where it is too long for one report.</summary>
public sealed class FinalReportTests
{
    [Fact]
    public void A_part_tells_what_was_used_and_frees_nothing_that_a_later_part_may_name()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000), LimitBench.Budget(2_000));
        var (day, month) = Granted(bench);

        Part(bench, day).IsTaken.Should().BeTrue();

        bench.Window("rpd").Should().Match<WindowState>(window => window.Used == 3 && window.Reserved == 3);
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 0 && window.Reserved == 4, "no part has told of it yet");
        Last(bench, month, Part(bench, day).Epoch).IsTaken.Should().BeTrue();
        Must(bench, 3, 4);
    }

    [Fact]
    public void The_end_is_taken_by_the_activation_that_has_the_parts_and_by_no_other()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000), LimitBench.Budget(2_000));
        var (day, month) = Granted(bench);
        var first = Part(bench, day).Epoch;
        bench.Restart();

        Last(bench, month, first).IsTaken.Should().BeFalse("nobody told this one of the day");

        var second = Part(bench, day);
        second.Epoch.Should().BeGreaterThan(first);
        Last(bench, month, second.Epoch).IsTaken.Should().BeTrue();
        Must(bench, 3, 4);
        bench.Restart();
        Must(bench, 3, 4);
    }

    [Fact]
    public void Parts_that_come_from_two_front_ends_at_once_do_no_harm()
    {
        var bench = new LimitBench().With(LimitBench.PerDay(2_000), LimitBench.Budget(2_000));
        var (day, month) = Granted(bench);

        var epoch = Part(bench, day, number: 8).Epoch;
        Part(bench, month, number: 7);
        Part(bench, day, number: 7);
        Last(bench, month, epoch).IsTaken.Should().BeTrue();
        Part(bench, day, number: 9).IsTaken.Should().BeTrue();
        Last(bench, day, epoch).IsTaken.Should().BeTrue();

        Must(bench, 3, 4);
    }

    [Fact]
    public void A_last_word_from_an_old_copy_of_the_journal_lowers_nothing_that_the_session_told()
    {
        var bench = new LimitBench().With(LimitBench.Budget(2_000));
        var session = bench.Session("dead");
        var answer = session.Ask("budget", 9);
        session.Settle();
        session.Ask("budget", 5);

        Last(bench, Total(answer, 2), takenBy: 0).IsTaken.Should().BeTrue();

        bench.Window("budget").Should().Match<WindowState>(window => window.Used == 9 && window.Reserved == 0);
    }

    private static (PeriodTotal Day, PeriodTotal Month) Granted(LimitBench bench)
    {
        var answers = (Day: bench.Session("dead").Ask("rpd", 3), Month: bench.Session("dead").Send(Calls.Acquire(bench.Limits, "dead", 2) with
        {
            Wishes = [new WindowWish { WindowId = "budget", Minimum = 4, Desired = 4 }],
        }));
        return (Total(answers.Day, 3), Total(answers.Month, 4));
    }

    private static PeriodTotal Total(AcquireAnswer answer, long used) =>
        new() { Epoch = answer.Epoch, WindowId = answer.Grants[0].WindowId, Period = answer.Grants[0].Period, Used = used, Reserved = 0 };

    private static ReportAnswer Part(LimitBench bench, PeriodTotal total, long number = 7) =>
        bench.Silo.Report(Calls.Report("dead", long.MaxValue - number, 0, 0, total) with { IsPart = true }, bench.Limits).Answered();

    private static ReportAnswer Last(LimitBench bench, PeriodTotal total, long takenBy) =>
        bench.Silo.Report(Calls.Report("dead", long.MaxValue, long.MaxValue, total.Epoch, total) with { IsFinal = true, PartsTakenBy = takenBy }, bench.Limits).Answered();

    private static void Must(LimitBench bench, long day, long month)
    {
        bench.Window("rpd").Should().Match<WindowState>(window => window.Used == day && window.Reserved == 0);
        bench.Window("budget").Should().Match<WindowState>(window => window.Used == month && window.Reserved == 0);
    }
}
