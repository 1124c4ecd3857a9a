using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing.Health;

namespace Gateway.Api.Tests.Routing.Health;

public sealed class EndpointHealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(CircuitState.Closed, 0, Availability.Usable)]
    [InlineData(CircuitState.Open, 1, Availability.Open)]
    [InlineData(CircuitState.Open, 0, Availability.OpenProbeDue)]
    [InlineData(CircuitState.HalfOpen, 1, Availability.Open)]
    [InlineData(CircuitState.HalfOpen, -1, Availability.OpenProbeDue)]
    public void The_clusters_circuit_decides_and_a_probe_is_due_when_its_time_has_come(CircuitState circuit, int secondsToGo, Availability expected)
    {
        var health = new EndpointHealth { Verdict = Verdict(circuit) with { OpenUntil = Now.AddSeconds(secondsToGo) } };

        health.Judge(Now, allKeysRefused: false).Should().Be(expected);
    }

    [Fact]
    public void The_nodes_own_trip_is_open_until_its_end_and_never_due()
    {
        var health = new EndpointHealth { TrippedUntil = Now.AddSeconds(1) };

        health.Judge(Now, allKeysRefused: false).Should().Be(Availability.Open);
        health.Judge(Now.AddSeconds(1), allKeysRefused: false).Should().Be(Availability.Usable);
    }

    [Fact]
    public void Cooling_hides_an_open_circuit_and_the_longer_of_two_coolings_counts()
    {
        var health = new EndpointHealth
        {
            Verdict = Verdict(CircuitState.Open) with { OpenUntil = Now, CoolingUntil = Now.AddSeconds(5), CoolingCause = UpstreamFailure.RateLimited },
            CoolingUntil = Now.AddSeconds(9),
            CoolingCause = UpstreamFailure.Unavailable,
        };

        health.Judge(Now, allKeysRefused: false).Should().Be(Availability.Cooling);
        health.Cooling(Now).Should().Be((Now.AddSeconds(9), UpstreamFailure.Unavailable));
        health.Cooling(Now.AddSeconds(9)).Should().BeNull();
        (health with { CoolingUntil = null }).Cooling(Now).Should().Be((Now.AddSeconds(5), UpstreamFailure.RateLimited));
    }

    [Fact]
    public void What_is_further_ahead_than_it_can_last_was_set_before_the_clock_was_set_back_and_is_over()
    {
        var ahead = Now.AddHours(2);
        var health = new EndpointHealth { TrippedUntil = ahead, CoolingUntil = ahead, RefusedKeys = [new RefusedKey("f", ahead)] };
        var told = new EndpointHealth { Verdict = Verdict(CircuitState.Open) with { OpenUntil = ahead, CoolingUntil = ahead, Ejected = true, NextEjectionTrial = ahead } };

        health.Judge(Now, allKeysRefused: false).Should().Be(Availability.Usable);
        health.OwnRetryIsDue("f", Now).Should().BeTrue();
        told.Judge(Now, allKeysRefused: false).Should().Be(Availability.OpenProbeDue);
        told.Judge(Now, allKeysRefused: true).Should().Be(Availability.EjectedTrialDue);
    }

    [Theory]
    [InlineData(1, Availability.Ejected)]
    [InlineData(0, Availability.EjectedTrialDue)]
    public void Without_a_key_left_the_cluster_says_when_one_may_be_tried(int secondsToGo, Availability expected)
    {
        var health = new EndpointHealth
        {
            Verdict = Verdict(CircuitState.Closed) with { Ejected = true, KeyFingerprint = "f", NextEjectionTrial = Now.AddSeconds(secondsToGo) },
        };

        health.IsRefused("f").Should().BeTrue();
        health.IsRefused("g").Should().BeFalse();
        health.Judge(Now, allKeysRefused: true).Should().Be(expected);
    }

    [Fact]
    public void A_refusal_of_the_nodes_own_has_a_retry_and_one_of_the_cluster_has_not()
    {
        var own = new EndpointHealth { RefusedKeys = [new RefusedKey("f", Now)] };
        var both = own with { Verdict = Verdict(CircuitState.Closed) with { Ejected = true, KeyFingerprint = "f" } };

        own.OwnRetryAt("f").Should().Be(Now);
        own.OwnRetryAt("g").Should().BeNull();
        both.OwnRetryAt("f").Should().BeNull();
    }

    [Fact]
    public void Nothing_known_is_clear_and_anything_known_is_not()
    {
        EndpointHealth.Healthy.IsClear.Should().BeTrue();
        new EndpointHealth { Verdict = Verdict(CircuitState.Open) }.IsClear.Should().BeFalse();
        new EndpointHealth { TrippedUntil = Now }.IsClear.Should().BeFalse();
        new EndpointHealth { CoolingUntil = Now }.IsClear.Should().BeFalse();
        new EndpointHealth { RefusedKeys = [new RefusedKey(null, Now)] }.IsClear.Should().BeFalse();
    }

    private static EndpointVerdict Verdict(CircuitState circuit) => new() { EntryId = "a", Version = 1, Circuit = circuit };
}
