using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Endpoints;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class ReportLedgerTests
{
    private readonly ReportLedger _ledger = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_report_that_is_sent_again_counts_once()
    {
        Take("n", "s", 1).Should().BeTrue();
        Take("n", "s", 1).Should().BeFalse();
        Take("n", "s", 2).Should().BeTrue();
        Take("n", "s", 1).Should().BeFalse();
    }

    [Fact]
    public void A_restarted_node_counts_from_one_again_and_its_former_life_is_over()
    {
        Take("n", "first", 9).Should().BeTrue();
        Take("n", "second", 1).Should().BeTrue();

        Take("n", "first", 10).Should().BeFalse();
        Take("n", "second", 2).Should().BeTrue();
    }

    [Fact]
    public void Nodes_are_told_apart() => (Take("a", "s", 1) && Take("b", "s", 1)).Should().BeTrue();

    [Fact]
    public void In_flight_is_the_sum_and_the_estimate_the_slowest_of_nodes_that_reported_lately()
    {
        Take("a", "s", 1, inFlight: 3, ewma: 0.5);
        Take("b", "s", 1, inFlight: 4, ewma: 2);
        _ledger.InFlight(_now).Should().Be(7);
        _ledger.SlowestFirstByte(_now).Should().Be(TimeSpan.FromSeconds(2));

        _now += TimeSpan.FromSeconds(29);
        Take("a", "s", 2, inFlight: 1);
        _now += TimeSpan.FromSeconds(2);

        _ledger.InFlight(_now).Should().Be(1);
        _ledger.SlowestFirstByte(_now).Should().BeNull();
    }

    [Fact]
    public void The_longest_silent_node_makes_room_for_a_new_one()
    {
        for (var node = 0; node <= ReportLedger.MaxNodes; node++)
        {
            Take($"n{node}", "s", 5);
            _now += TimeSpan.FromMilliseconds(1);
        }

        Take("n1", "s", 5).Should().BeFalse("it is still known");
        Take("n0", "s", 5).Should().BeTrue("it was forgotten");
    }

    private bool Take(string node, string session, long sequence, int inFlight = 0, double? ewma = null) => _ledger.TryTake(
        new EndpointReport
        {
            NodeId = node,
            Session = session,
            Sequence = sequence,
            Runs = [],
            InFlight = inFlight,
            FirstByteEwma = ewma is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        },
        _now);
}
