using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints;
using Gateway.Grains.Endpoints.Probes;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class ActiveProbeHealthTests
{
    private static readonly ProbeAnswer Alive = ProbeAnswer.Connected;

    private readonly EndpointHealth _health = new() { ActiveProbe = ProbeKind.Models };
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private EndpointVerdict Verdict => _health.Verdict("a", _now, 1);

    [Fact]
    public void Five_failed_probes_in_a_row_open_the_circuit()
    {
        Probe(UpstreamFailure.ConnectFailed, 4);
        Verdict.Circuit.Should().Be(CircuitState.Closed);

        Probe(UpstreamFailure.ConnectFailed);

        Verdict.Circuit.Should().Be(CircuitState.Open);
        Verdict.LastFailure.Should().Be(UpstreamFailure.ConnectFailed);
    }

    [Fact]
    public void A_failed_probe_adds_to_the_failures_of_requests()
    {
        See(UpstreamFailure.ServerError, 4);
        Probe(UpstreamFailure.ServerError);

        Verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void A_good_probe_makes_up_for_no_failure_of_a_request()
    {
        See(UpstreamFailure.ServerError, 4);
        Probe(Alive, 100);
        _health.ConsecutiveFailures.Should().Be(4);

        See(UpstreamFailure.ServerError);

        Verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void Good_probes_do_not_thin_out_the_share_of_failures()
    {
        for (var pair = 0; pair < 5; pair++)
        {
            Probe(Alive, 10);
            See(UpstreamFailure.None);
            See(UpstreamFailure.ServerError);
        }

        Verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void A_good_probe_ends_a_row_of_failed_ones()
    {
        for (var row = 0; row < 10; row++)
        {
            Probe(UpstreamFailure.ConnectFailed, 4);
            Probe(Alive);
            Wait(60);
        }

        Verdict.IsHealthy.Should().BeTrue();
        _health.ConsecutiveFailures.Should().Be(0);
    }

    [Fact]
    public void Nothing_is_probed_before_the_time_of_an_open_circuit_is_over()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(9);

        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();
        _health.NextActiveProbe(_now).Should().Be(Verdict.OpenUntil);
    }

    [Theory]
    [InlineData(ProbeKind.Tcp, UpstreamFailure.ConnectFailed, true)]
    [InlineData(ProbeKind.Tcp, UpstreamFailure.ConnectTimeout, true)]
    [InlineData(ProbeKind.Tcp, UpstreamFailure.TlsFailed, false)]
    [InlineData(ProbeKind.Tcp, UpstreamFailure.ResetBeforeAnswer, false)]
    [InlineData(ProbeKind.Models, UpstreamFailure.ConnectFailed, true)]
    [InlineData(ProbeKind.Models, UpstreamFailure.TlsFailed, true)]
    [InlineData(ProbeKind.Models, UpstreamFailure.ResetBeforeAnswer, true)]
    [InlineData(ProbeKind.Models, UpstreamFailure.ServerError, false)]
    [InlineData(ProbeKind.Models, UpstreamFailure.FirstByteTimeout, false)]
    [InlineData(ProbeKind.Models, UpstreamFailure.TotalTimeout, false)]
    [InlineData(ProbeKind.Models, UpstreamFailure.ErrorInSuccess, false)]
    [InlineData(ProbeKind.Models, UpstreamFailure.Unavailable, false)]
    public void A_probe_takes_the_half_open_turn_only_where_it_can_see_what_requests_saw(ProbeKind kind, UpstreamFailure cause, bool takes)
    {
        _health.ActiveProbe = kind;
        See(cause, 5);
        Wait(10);

        _health.TryBeginActiveProbe(_now, out var permit).Should().Be(takes);

        (permit is not null).Should().Be(takes);
        (_health.TryBeginProbe(_now) is null).Should().Be(takes, "the turn is a request's otherwise");
    }

    [Fact]
    public void One_failure_that_a_probe_cannot_see_leaves_the_turn_to_a_request()
    {
        See(UpstreamFailure.ConnectFailed, 4);
        See(UpstreamFailure.ServerError);
        Wait(10);

        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();
        _health.TryBeginProbe(_now).Should().NotBeNull();
    }

    [Fact]
    public void What_happened_long_before_the_row_of_failures_has_no_part_in_the_opening()
    {
        See(UpstreamFailure.ServerError);
        See(UpstreamFailure.None);
        Wait(11);
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(10);

        _health.TryBeginActiveProbe(_now, out _).Should().BeTrue();
    }

    [Fact]
    public void A_request_that_fails_half_open_for_a_reason_of_its_own_keeps_probes_from_closing()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(11);
        Settle(_health.TryBeginProbe(_now)!.ProbeId, UpstreamFailure.ServerError);
        Wait(20);

        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();
    }

    [Fact]
    public void A_good_probe_closes_the_circuit_when_its_time_is_over()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(10);

        Probe(Alive);

        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void What_probes_alone_saw_a_probe_of_the_same_kind_ends()
    {
        Probe(UpstreamFailure.ServerError, 5);
        Wait(10);

        Probe(Alive);

        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void What_a_probe_saw_no_probe_that_sees_less_ends()
    {
        Probe(UpstreamFailure.ServerError, 5);
        _health.ActiveProbe = ProbeKind.Tcp;
        Wait(10);

        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();
        _health.TryBeginProbe(_now).Should().NotBeNull();
    }

    [Fact]
    public void A_failed_probe_opens_the_circuit_for_twice_as_long()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(10);

        Probe(UpstreamFailure.ConnectTimeout);

        (Verdict.OpenUntil - _now).Should().Be(TimeSpan.FromSeconds(20));
        Verdict.LastFailure.Should().Be(UpstreamFailure.ConnectTimeout);
    }

    [Fact]
    public void A_circuit_that_only_probes_close_opens_for_longer_and_longer_until_a_request_succeeds()
    {
        foreach (var seconds in new[] { 10, 20, 40 })
        {
            See(UpstreamFailure.ResetBeforeAnswer, 5);
            (Verdict.OpenUntil - _now).Should().Be(TimeSpan.FromSeconds(seconds));
            Wait(seconds);
            Probe(Alive);
            Verdict.Circuit.Should().Be(CircuitState.Closed);
        }

        See(UpstreamFailure.None);
        See(UpstreamFailure.ResetBeforeAnswer, 5);

        (Verdict.OpenUntil - _now).Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Minutes_without_trouble_forget_the_doubling_too()
    {
        Probe(UpstreamFailure.ConnectFailed, 5);
        Wait(10);
        Probe(Alive);
        Wait(300);

        Probe(UpstreamFailure.ConnectFailed, 5);

        (Verdict.OpenUntil - _now).Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Requests_and_probes_share_the_one_half_open_turn()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(10);
        _health.TryBeginActiveProbe(_now, out var permit).Should().BeTrue();
        Verdict.Circuit.Should().Be(CircuitState.HalfOpen);
        _health.TryBeginProbe(_now).Should().BeNull();

        _health.RecordActiveProbe(_now, ProbeKind.Models, ProbeAnswer.None, permit);
        Verdict.Circuit.Should().Be(CircuitState.Open);
        Wait(1);
        _health.TryBeginProbe(_now).Should().NotBeNull("the probe said nothing");

        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();
        _health.NextActiveProbe(_now).Should().Be(_now + HealthPolicy.ProbePermit);
    }

    [Fact]
    public void Requests_leave_the_turn_to_the_probe_for_a_moment_only()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(10);
        _health.TryBeginProbe(_now).Should().BeNull();

        Wait(1);

        _health.TryBeginProbe(_now).Should().NotBeNull("nobody waits for a probe that does not come");
    }

    [Fact]
    public void A_probe_that_was_overtaken_by_a_reset_says_nothing()
    {
        See(UpstreamFailure.ConnectFailed, 5);
        Wait(10);
        _health.TryBeginActiveProbe(_now, out var permit);
        _health.Reset();

        _health.RecordActiveProbe(_now, ProbeKind.Models, ProbeAnswer.Of(UpstreamFailure.ConnectFailed), permit);

        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_refused_key_is_not_shown_again_by_probes_and_probes_end_no_ejection()
    {
        See(UpstreamFailure.KeyRefused);
        _health.NextActiveProbe(_now).Should().BeNull();
        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();

        _health.ActiveProbe = ProbeKind.Tcp;
        Probe(Alive);

        Verdict.Ejected.Should().BeTrue();
    }

    [Fact]
    public void Without_probes_their_failures_are_forgotten()
    {
        Probe(UpstreamFailure.ConnectFailed, 4);

        _health.ActiveProbe = ProbeKind.Off;

        _health.ConsecutiveFailures.Should().Be(0);
        _health.TryBeginActiveProbe(_now, out _).Should().BeFalse();
    }

    private void Probe(UpstreamFailure failure, int count = 1) => Probe(ProbeAnswer.Of(failure), count);

    private void Probe(ProbeAnswer answer, int count = 1)
    {
        for (; count > 0; count--)
        {
            _health.TryBeginActiveProbe(_now, out var permit).Should().BeTrue();
            _health.RecordActiveProbe(_now, _health.ActiveProbe, answer, permit);
        }
    }

    private void See(UpstreamFailure failure, int count = 1) =>
        _health.Record(_now, [new OutcomeRun { Failure = failure, Count = count }], "key", null);

    private void Settle(long probe, UpstreamFailure failure) =>
        _health.Record(_now, [new OutcomeRun { Failure = failure, Count = 1 }], "key", probe);

    private void Wait(int seconds) => _now += TimeSpan.FromSeconds(seconds);
}
