using Gateway.Api.Logging;
using Gateway.Testing;

namespace Gateway.Api.Tests.Logging;

public sealed class LogBudgetTests
{
    [Fact]
    public void A_flood_leaves_a_bounded_number_of_lines_and_a_count_of_the_rest()
    {
        var time = new FakeTimeProvider();
        var budget = new LogBudget(3, time);

        Enumerable.Range(0, 10).Count(_ => budget.TryTake(out var _)).Should().Be(3);
        time.Advance(TimeSpan.FromSeconds(1));

        budget.TryTake(out var suppressed).Should().BeTrue();
        suppressed.Should().Be(7);
        budget.TryTake(out suppressed).Should().BeTrue();
        suppressed.Should().Be(0);
    }
}
