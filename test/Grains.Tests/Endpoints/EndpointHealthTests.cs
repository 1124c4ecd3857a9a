using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Endpoints;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class EndpointHealthTests
{
    private readonly EndpointHealth _health = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private EndpointVerdict Verdict => _health.Verdict("a", _now, 1);

    [Fact]
    public void Five_failures_in_a_row_open_the_circuit_for_ten_seconds()
    {
        See(UpstreamFailure.ServerError, 4);
        Verdict.Circuit.Should().Be(CircuitState.Closed);

        See(UpstreamFailure.ConnectFailed);

        Verdict.Circuit.Should().Be(CircuitState.Open);
        Verdict.OpenUntil.Should().Be(_now + TimeSpan.FromSeconds(10));
        Verdict.LastFailure.Should().Be(UpstreamFailure.ConnectFailed);
    }

    [Fact]
    public void A_success_in_between_starts_the_count_again()
    {
        See(UpstreamFailure.ServerError, 4);
        See(UpstreamFailure.None);
        See(UpstreamFailure.ServerError, 4);

        Verdict.Circuit.Should().Be(CircuitState.Closed);
        _health.ConsecutiveFailures.Should().Be(4);
    }

    [Fact]
    public void Half_of_ten_outcomes_in_ten_seconds_open_the_circuit()
    {
        for (var pair = 0; pair < 4; pair++)
        {
            See(UpstreamFailure.None);
            See(UpstreamFailure.ServerError);
            Wait(1);
        }

        See(UpstreamFailure.None);
        Verdict.Circuit.Should().Be(CircuitState.Closed);

        See(UpstreamFailure.ServerError);
        Verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void Failures_that_are_older_than_the_window_do_not_count_towards_the_share()
    {
        See(UpstreamFailure.ServerError, 4);
        See(UpstreamFailure.None, 4);
        Wait(11);
        See(UpstreamFailure.None);
        See(UpstreamFailure.ServerError);

        Verdict.Circuit.Should().Be(CircuitState.Closed);
    }

    [Fact]
    public void Each_failed_probe_doubles_the_opening_up_to_five_minutes_and_a_success_starts_afresh()
    {
        See(UpstreamFailure.ServerError, 5);
        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 300, 300 })
        {
            (Verdict.OpenUntil - _now).Should().Be(TimeSpan.FromSeconds(seconds));
            Wait(seconds);
            Settle(Probe(), UpstreamFailure.ServerError);
        }

        Wait(300);
        Settle(Probe(), UpstreamFailure.None);
        Verdict.Circuit.Should().Be(CircuitState.Closed);
        See(UpstreamFailure.ServerError, 5);
        (Verdict.OpenUntil - _now).Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Only_one_probe_goes_and_only_when_it_is_due()
    {
        See(UpstreamFailure.ServerError, 5);
        _health.TryBeginProbe(_now).Should().BeNull();
        Wait(10);

        _health.TryBeginProbe(_now).Should().NotBeNull();

        Verdict.Circuit.Should().Be(CircuitState.HalfOpen);
        _health.TryBeginProbe(_now).Should().BeNull();
    }

    [Fact]
    public void A_probe_that_does_not_report_lapses_and_its_late_success_still_closes()
    {
        See(UpstreamFailure.ServerError, 5);
        Wait(10);
        var first = Probe();
        Wait(30);
        var second = Probe();

        Settle(first, UpstreamFailure.ServerError);
        Verdict.Circuit.Should().Be(CircuitState.HalfOpen, "the failure of a lapsed probe says nothing about the one that runs");
        Settle(first, UpstreamFailure.None);
        Verdict.Circuit.Should().Be(CircuitState.Closed);
        Settle(second, UpstreamFailure.ServerError);
        Verdict.Circuit.Should().Be(CircuitState.Closed);
    }

    [Fact]
    public void A_probe_whose_caller_went_away_gives_the_turn_to_another_at_once()
    {
        See(UpstreamFailure.ServerError, 5);
        Wait(10);
        Settle(Probe(), UpstreamFailure.CallerGone);

        Verdict.Circuit.Should().Be(CircuitState.Open);
        _health.TryBeginProbe(_now).Should().NotBeNull();
    }

    [Fact]
    public void A_probe_that_was_never_used_gives_the_turn_back()
    {
        See(UpstreamFailure.ServerError, 5);
        Wait(10);
        _health.Record(_now, [], "key", Probe());

        _health.TryBeginProbe(_now).Should().NotBeNull();
    }

    [Fact]
    public void Outcomes_without_a_permit_do_not_move_an_open_circuit()
    {
        See(UpstreamFailure.ServerError, 5);
        var before = Verdict;

        See(UpstreamFailure.None, 3);
        See(UpstreamFailure.ServerError, 50);

        Verdict.Should().Be(before);
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData(42, 42)]
    [InlineData(0, 1)]
    [InlineData(86_400, 3_600)]
    public void A_429_cools_for_what_the_provider_says_within_bounds(int? retryAfterSeconds, int cools)
    {
        See(UpstreamFailure.RateLimited, retryAfter: retryAfterSeconds);

        Verdict.CoolingUntil.Should().Be(_now + TimeSpan.FromSeconds(cools));
        Verdict.CoolingCause.Should().Be(UpstreamFailure.RateLimited);
        Wait(cools);
        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_shorter_cooling_does_not_shorten_a_longer_one()
    {
        See(UpstreamFailure.QuotaExhausted);
        See(UpstreamFailure.RateLimited, retryAfter: 1);

        Verdict.CoolingUntil.Should().Be(_now + TimeSpan.FromMinutes(5));
        Verdict.CoolingCause.Should().Be(UpstreamFailure.QuotaExhausted);
    }

    [Fact]
    public void A_503_with_retry_after_cools_and_without_counts_as_a_failure()
    {
        See(UpstreamFailure.Unavailable, 10, retryAfter: 3);
        Verdict.Circuit.Should().Be(CircuitState.Closed);
        Verdict.CoolingUntil.Should().Be(_now + TimeSpan.FromSeconds(3));

        See(UpstreamFailure.Unavailable, 5);
        Verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void A_refused_key_ejects_until_another_key_is_used()
    {
        See(UpstreamFailure.KeyRefused, key: "old");
        Verdict.Ejected.Should().BeTrue();
        Verdict.KeyFingerprint.Should().Be("old");

        See(UpstreamFailure.None, key: "old");
        Verdict.Ejected.Should().BeTrue("a request that was under way says nothing about the key now");

        See(UpstreamFailure.None, key: "new");
        Verdict.Ejected.Should().BeFalse();
    }

    [Fact]
    public void A_refusal_is_laid_to_the_key_that_its_own_run_names()
    {
        _health.Record(_now, [new OutcomeRun { Failure = UpstreamFailure.KeyRefused, Count = 1, KeyFingerprint = "second" }], "first", null);

        Verdict.KeyFingerprint.Should().Be("second");
    }

    [Fact]
    public void A_report_that_names_no_key_ends_no_ejection()
    {
        See(UpstreamFailure.KeyRefused, key: "second");

        _health.Record(_now, [], null, null);

        Verdict.Ejected.Should().BeTrue();
    }

    [Fact]
    public void A_node_that_still_has_the_old_key_does_not_end_the_ejection_of_the_new_one()
    {
        See(UpstreamFailure.KeyRefused, key: "old");
        See(UpstreamFailure.KeyRefused, key: "new");
        Verdict.KeyFingerprint.Should().Be("new");

        _health.Record(_now, [], "old", null);

        Verdict.Ejected.Should().BeTrue();
    }

    [Fact]
    public void A_refused_key_is_tried_once_a_minute_and_a_success_ends_the_ejection()
    {
        See(UpstreamFailure.KeyRefused);
        _health.TryBeginProbe(_now).Should().BeNull();
        Wait(60);
        Settle(Probe(), UpstreamFailure.KeyRefused);
        Verdict.Ejected.Should().BeTrue();
        _health.TryBeginProbe(_now).Should().BeNull();
        Wait(60);

        Settle(Probe(), UpstreamFailure.None);

        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_probe_that_meets_a_429_closes_the_circuit_and_cools()
    {
        See(UpstreamFailure.ServerError, 5);
        Wait(10);
        _health.Record(_now, [new OutcomeRun { Failure = UpstreamFailure.RateLimited, Count = 1 }], "key", Probe());

        Verdict.Circuit.Should().Be(CircuitState.Closed);
        Verdict.CoolingUntil.Should().NotBeNull();
    }

    [Fact]
    public void Rejected_requests_neither_break_a_row_of_failures_nor_thin_out_their_share()
    {
        See(UpstreamFailure.ServerError, 4);
        Reject(100);
        See(UpstreamFailure.ServerError);
        Verdict.Circuit.Should().Be(CircuitState.Open);

        _health.Reset();
        for (var pair = 0; pair < 5; pair++)
        {
            Reject(10);
            See(UpstreamFailure.None);
            See(UpstreamFailure.ServerError);
        }

        Verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void A_rejected_probe_closes_the_circuit_since_the_endpoint_is_alive()
    {
        See(UpstreamFailure.ServerError, 5);
        Wait(10);

        Reject(1, Probe());

        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_rejected_trial_says_nothing_about_the_key()
    {
        See(UpstreamFailure.KeyRefused);
        See(UpstreamFailure.ServerError, 5);
        Wait(60);

        Reject(1, Probe());

        Verdict.Circuit.Should().Be(CircuitState.Closed);
        Verdict.Ejected.Should().BeTrue("a provider may look at the body before it looks at the key");
        _health.TryBeginProbe(_now).Should().BeNull();
        Wait(60);
        Settle(Probe(), UpstreamFailure.None);
        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void Reset_makes_everything_healthy()
    {
        See(UpstreamFailure.ServerError, 5);
        See(UpstreamFailure.RateLimited);
        See(UpstreamFailure.KeyRefused);

        _health.Reset();

        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_no_circuit_open_and_no_cooling_and_no_ejection_beyond_their_own_length()
    {
        See(UpstreamFailure.ServerError, 5);
        See(UpstreamFailure.RateLimited);
        See(UpstreamFailure.KeyRefused);
        SetBack();
        Wait(60);

        Verdict.CoolingUntil.Should().BeNull();
        Settle(Probe(), UpstreamFailure.None);
        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_no_probe_alive_that_does_not_report()
    {
        See(UpstreamFailure.ServerError, 5);
        Wait(10);
        Probe();
        SetBack();
        Wait(30);

        Settle(Probe(), UpstreamFailure.None);
        Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public void A_clock_that_is_set_back_tells_nodes_that_a_probe_is_due()
    {
        See(UpstreamFailure.ServerError, 5);
        See(UpstreamFailure.KeyRefused);
        SetBack();

        Verdict.OpenUntil.Should().BeOnOrBefore(_now);
        Verdict.NextEjectionTrial.Should().BeOnOrBefore(_now);
    }

    [Fact]
    public void Failures_from_before_a_clock_was_set_back_do_not_count_towards_the_share()
    {
        See(UpstreamFailure.ServerError, 4);
        See(UpstreamFailure.None, 4);
        SetBack();
        See(UpstreamFailure.ServerError);
        See(UpstreamFailure.None);

        Verdict.Circuit.Should().Be(CircuitState.Closed);
    }

    private void SetBack() => _now -= TimeSpan.FromHours(2);

    private void See(UpstreamFailure failure, int count = 1, int? retryAfter = null, string key = "key") =>
        _health.Record(_now, [new OutcomeRun { Failure = failure, Count = count, RetryAfter = retryAfter is { } s ? TimeSpan.FromSeconds(s) : null }], key, null);

    private void Reject(int count, long? probe = null) =>
        _health.Record(_now, [new OutcomeRun { Failure = UpstreamFailure.None, Count = count, Rejected = true }], "key", probe);

    private void Wait(int seconds) => _now += TimeSpan.FromSeconds(seconds);

    private long Probe() => _health.TryBeginProbe(_now).Should().NotBeNull().And.BeOfType<ProbePermit>().Subject.ProbeId;

    private void Settle(long probe, UpstreamFailure failure) =>
        _health.Record(_now, [new OutcomeRun { Failure = failure, Count = 1 }], "key", probe);
}
