using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits;

public sealed class BudgetWarningTests
{
    private static readonly WindowLimit Daily = LimitBench.Budget(100, WindowKind.Day) with { SoftAt = 0.8 };

    [Fact]
    public void A_budget_is_warned_of_when_its_soft_share_is_used_once_in_each_window()
    {
        var bench = new LimitBench().With(Daily);
        var session = bench.Session();

        Use(session, 79);
        Warnings(bench).Should().BeEmpty();
        Use(session, 1);
        Use(session, 10);
        bench.Session("two").Ask("budget");
        Warnings(bench).Should().ContainSingle().Which.Should().Be("Warning: subject has used 80 % of budget, which opens again at 2026-05-07T00:00:00.0000000+00:00.");
        bench.Pass(TimeSpan.FromDays(1));
        Use(session, 95);

        Warnings(bench).Should().HaveCount(2);
    }

    [Fact]
    public void What_is_only_reserved_is_no_reason_to_warn()
    {
        var bench = new LimitBench().With(Daily);
        var session = bench.Session();

        session.Ask("budget", 90);
        session.Return();

        Warnings(bench).Should().BeEmpty();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Another_activation_does_not_warn_again(bool inOrder)
    {
        var bench = new LimitBench().With(Daily);
        var session = bench.Session();
        Use(session, 80);
        session.Ask("budget").Refusal.Should().BeNull("which writes");

        if (inOrder)
        {
            bench.Silo.Close();
            bench.Silo.Drain();
        }
        else
        {
            bench.Restart();
        }

        Use(session, 5);

        Warnings(bench).Should().ContainSingle();
    }

    [Fact]
    public void A_window_that_rolls_is_warned_of_once_in_its_length()
    {
        var bench = new LimitBench().With(Daily with { Window = WindowKind.RollingHours, RollingHours = 5 });
        var session = bench.Session();

        for (var minutes = 0; minutes < 10 * 60; minutes += 10)
        {
            session.Ask("budget", 3);
            session.Settle();
            bench.Pass(TimeSpan.FromMinutes(10));
        }

        Warnings(bench).Should().HaveCount(2, "30 uses of 3 are in 5 hours");
    }

    [Fact]
    public void Each_budget_is_warned_of_and_one_without_a_soft_share_never()
    {
        var bench = new LimitBench().With(Daily, Daily with { Id = "other" }, Daily with { Id = "silent", SoftAt = null });
        var session = bench.Session();

        session.Send(session.Call([.. ((string[])["budget", "other", "silent"]).Select(id => new WindowWish { WindowId = id, Minimum = 100, Desired = 100 })]));
        session.Settle();

        Warnings(bench).Should().HaveCount(2).And.OnlyContain(line => line.Contains("100 % of", StringComparison.Ordinal) && !line.Contains("silent", StringComparison.Ordinal));
    }

    private static void Use(BenchSession session, long amount)
    {
        session.Ask("budget", amount).Refusal.Should().BeNull();
        session.Settle();
    }

    private static IReadOnlyList<string> Warnings(LimitBench bench) => [.. bench.Log.Lines.Where(line => line.Contains(" has used ", StringComparison.Ordinal))];
}
