using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Endpoints.Probes;

public sealed class ProbeDutyTests
{
    private readonly ProbeDuty _duty = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_order_is_due_at_once_then_once_a_period_and_sooner_after_a_failure()
    {
        _duty.Take(Order(1), _now);
        Next().Should().Be(_now);

        Note(isGood: true);
        Next().Should().Be(_now + HealthPolicy.ActiveProbePeriod);

        Note(isGood: false);
        Next().Should().Be(_now + HealthPolicy.ActiveProbeRetry);
    }

    [Fact]
    public void An_order_that_is_said_again_changes_nothing_but_its_end()
    {
        _duty.Take(Order(1), _now);
        Note(isGood: true);
        var before = Next();
        _now += TimeSpan.FromSeconds(5);

        _duty.Take(Order(2), _now);

        Next().Should().Be(before);
        _duty.Last.Should().NotBeNull();
        _duty.EntryAt(_now + HealthPolicy.ProbeOrderLease - TimeSpan.FromTicks(1)).Should().NotBeNull();
    }

    [Fact]
    public void An_order_that_is_not_said_again_lapses()
    {
        _duty.Take(Order(1), _now);
        _now += HealthPolicy.ProbeOrderLease;

        _duty.EntryAt(_now).Should().BeNull();
        Next().Should().BeNull();
    }

    [Fact]
    public void A_changed_entry_is_due_at_once_and_what_is_known_of_the_old_one_is_forgotten()
    {
        _duty.Take(Order(1), _now);
        Note(isGood: true);

        _duty.Take(Order(2, "https://moved.example.com/v1"), _now);

        _duty.Last.Should().BeNull();
        Next().Should().Be(_now);
    }

    [Fact]
    public void An_older_order_is_ignored_unless_the_newer_one_lapsed()
    {
        _duty.Take(new ProbeOrder { Version = 5 }, _now);
        _duty.Take(Order(4), _now);
        _duty.EntryAt(_now).Should().BeNull();

        _now += HealthPolicy.ProbeOrderLease;
        _duty.Take(Order(4), _now);

        _duty.EntryAt(_now).Should().NotBeNull();
    }

    [Fact]
    public void Health_may_put_a_probe_off_or_forbid_it()
    {
        _duty.Take(Order(1), _now);

        _duty.NextAt(_now, _now + TimeSpan.FromSeconds(7)).Should().Be(_now + TimeSpan.FromSeconds(7));
        _duty.NextAt(_now, null).Should().BeNull();
    }

    private DateTimeOffset? Next() => _duty.NextAt(_now, _now);

    private void Note(bool isGood) => _duty.Note(
        new ProbeResult { Kind = ProbeKind.Tcp, At = _now, Failure = UpstreamFailure.None, Duration = TimeSpan.Zero }, isGood, _now);

    private static ProbeOrder Order(long version, string url = "https://api.example.com/v1") =>
        new() { Version = version, Entry = Json.Assemble(url: url) with { Probe = ProbeKind.Tcp } };
}
