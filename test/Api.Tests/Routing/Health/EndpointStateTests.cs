using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing;
using Gateway.Api.Routing.Health;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing.Health;

public sealed class EndpointStateTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void An_attempt_counts_in_flight_until_it_ends_and_ends_once()
    {
        var endpoint = new EndpointState(time);
        var attempt = endpoint.Begin(null);
        endpoint.InFlight.Should().Be(1);

        attempt.End(UpstreamFailure.None);
        attempt.End(UpstreamFailure.ServerError);

        endpoint.InFlight.Should().Be(0);
        endpoint.Outcomes.Take()!.Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.None);
    }

    [Fact]
    public void The_first_byte_feeds_the_estimate_once()
    {
        var endpoint = new EndpointState(time);
        for (var i = 0; i < 5; i++)
        {
            var attempt = endpoint.Begin(null);
            time.Advance(TimeSpan.FromMilliseconds(40));
            attempt.FirstByte();
            time.Advance(TimeSpan.FromSeconds(5));
            attempt.FirstByte();
            attempt.End(UpstreamFailure.None);
        }

        endpoint.EstimateSeconds.Should().BeApproximately(0.04, 1e-6);
    }

    [Fact]
    public async Task Concurrent_attempts_leave_nothing_in_flight_and_no_outcome_out()
    {
        var endpoint = new EndpointState(TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 5_000; i++)
                {
                    var attempt = endpoint.Begin(null);
                    attempt.FirstByte();
                    attempt.End(i % 7 == 0 ? UpstreamFailure.ServerError : UpstreamFailure.None);
                }
            },
            TestContext.Current.CancellationToken)));

        endpoint.InFlight.Should().Be(0);
        endpoint.Outcomes.Take()!.Runs.Sum(run => run.Count).Should().Be(20_000);
    }

    [Fact]
    public void A_failures_listener_hears_of_it_and_not_of_successes()
    {
        var listener = new CountingListener();
        var endpoint = new EndpointState(time) { Listener = listener };

        endpoint.Begin(null).End(UpstreamFailure.None);
        listener.Heard.Should().Be(0);
        endpoint.Begin(null).End(UpstreamFailure.ServerError);
        endpoint.Begin(7).End(UpstreamFailure.None);
        listener.Heard.Should().Be(2);
    }

    [Fact]
    public void A_rejected_request_is_neither_a_success_nor_a_failure_and_leaves_nothing_in_flight()
    {
        var listener = new CountingListener();
        var endpoint = new EndpointState(time) { Listener = listener };
        for (var i = 1; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            endpoint.Begin(null).End(UpstreamFailure.ServerError);
        }

        var heard = listener.Heard;
        for (var i = 0; i < 50; i++)
        {
            endpoint.Begin(null).EndRejected();
        }

        listener.Heard.Should().Be(heard, "nothing follows from it");
        endpoint.InFlight.Should().Be(0);
        endpoint.Health.TrippedUntil.Should().BeNull();
        endpoint.Begin(null).End(UpstreamFailure.ServerError);
        endpoint.Health.TrippedUntil.Should().NotBeNull("four failures and one are five");
    }

    [Fact]
    public void A_rejected_probe_ends_the_nodes_own_precaution_and_leaves_the_key_refused()
    {
        var endpoint = new EndpointState(time);
        endpoint.Begin(null).End(UpstreamFailure.KeyRefused);
        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            endpoint.Begin(null).End(UpstreamFailure.ServerError);
        }

        endpoint.Begin(7).EndRejected();

        endpoint.Health.TrippedUntil.Should().BeNull();
        endpoint.Health.RefusedKeys.Should().ContainSingle();
        var told = endpoint.Outcomes.Take()!;
        told.ProbeId.Should().Be(7);
        told.Runs.Should().ContainSingle().Which.Should().Be(new OutcomeRun { Failure = UpstreamFailure.None, Count = 1, Rejected = true });
    }

    [Fact]
    public void Resets_in_large_bodies_are_excused_until_there_are_too_many_without_a_success()
    {
        var endpoint = new EndpointState(time);
        ResetInBody(endpoint, HealthPolicy.ExcusedResets);
        endpoint.Begin(null).End(UpstreamFailure.None);
        ResetInBody(endpoint, HealthPolicy.ExcusedResets + HealthPolicy.ConsecutiveFailures - 1);
        endpoint.Health.IsClear.Should().BeTrue();
        endpoint.InFlight.Should().Be(0);

        ResetInBody(endpoint, 1);

        endpoint.Health.TrippedUntil.Should().NotBeNull();
    }

    [Fact]
    public void A_probe_that_is_reset_in_a_large_body_has_failed()
    {
        var endpoint = new EndpointState(time);

        endpoint.Begin(7).EndResetInBody();

        endpoint.Outcomes.Take()!.Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.ResetBeforeAnswer);
    }

    [Fact]
    public void An_answer_that_does_not_cover_later_failures_leaves_the_nodes_precautions()
    {
        var endpoint = new EndpointState(time);
        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            endpoint.Begin(null).End(UpstreamFailure.ServerError);
        }

        endpoint.ApplyAnswer(Closed(5), coversOwnOutcomes: false);
        endpoint.Health.TrippedUntil.Should().NotBeNull();
        endpoint.ApplyAnswer(Closed(5), coversOwnOutcomes: true);
        endpoint.Health.IsClear.Should().BeTrue();
    }

    [Fact]
    public void An_older_verdict_does_not_replace_a_newer_one()
    {
        var endpoint = new EndpointState(time);
        endpoint.ApplyAnswer(Closed(9), coversOwnOutcomes: true);

        endpoint.ApplyAnswer(Closed(8) with { Circuit = CircuitState.Open }, coversOwnOutcomes: true);
        endpoint.ApplyFeed(Closed(7) with { Circuit = CircuitState.Open }, feedVersion: 100);
        endpoint.Health.IsClear.Should().BeTrue();

        endpoint.ApplyFeed(Closed(10) with { Circuit = CircuitState.Open }, feedVersion: 101);
        endpoint.Health.Verdict!.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public void Clocks_of_silos_that_differ_hold_the_feed_back_for_two_seconds_only()
    {
        var endpoint = new EndpointState(time);
        endpoint.ApplyAnswer(Closed(1_000_000) with { Circuit = CircuitState.Open }, coversOwnOutcomes: true);

        endpoint.ApplyFeed(null, feedVersion: 10);
        endpoint.Health.IsClear.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(3));
        endpoint.ApplyFeed(null, feedVersion: 11);
        endpoint.Health.IsClear.Should().BeTrue();
    }

    [Fact]
    public void A_shorter_pause_does_not_end_a_longer_one()
    {
        var endpoint = new EndpointState(time);

        endpoint.Begin(null).End(UpstreamFailure.Unavailable, TimeSpan.FromSeconds(60));
        endpoint.Begin(null).End(UpstreamFailure.RateLimited);

        endpoint.Health.Cooling(time.GetUtcNow()).Should().Be((time.GetUtcNow().AddSeconds(60), UpstreamFailure.Unavailable));
        endpoint.Begin(null).End(UpstreamFailure.RateLimited, TimeSpan.FromSeconds(90));
        endpoint.Health.Cooling(time.GetUtcNow()).Should().Be((time.GetUtcNow().AddSeconds(90), UpstreamFailure.RateLimited));
    }

    [Fact]
    public void A_pause_further_ahead_than_any_may_be_is_replaced()
    {
        var endpoint = new EndpointState(time);
        endpoint.Begin(null).End(UpstreamFailure.RateLimited, HealthPolicy.LongestCooling);

        time.SetClock(TimeSpan.FromMinutes(-5));
        endpoint.Begin(null).End(UpstreamFailure.RateLimited);

        endpoint.Health.Cooling(time.GetUtcNow()).Should().Be((time.GetUtcNow().AddSeconds(5), UpstreamFailure.RateLimited));
    }

    private static void ResetInBody(EndpointState endpoint, int times)
    {
        for (var i = 0; i < times; i++)
        {
            endpoint.Begin(null).EndResetInBody();
        }
    }

    private static EndpointVerdict Closed(long version) => new() { EntryId = "a", Version = version, Circuit = CircuitState.Closed };

    private sealed class CountingListener : IOutcomeListener
    {
        public int Heard { get; private set; }

        public void OutcomeEnded(EndpointState endpoint) => Heard++;
    }
}
