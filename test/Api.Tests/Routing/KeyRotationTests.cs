using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Routing;

public sealed class KeyRotationTests
{
    private EndpointReport Report()
    {
        var endpoint = bench.Endpoint("a");
        var report = endpoint.Reports.Fill(endpoint, "n", "s", () => 1);
        endpoint.Reports.Answered();
        return report;
    }

    private readonly RoutingBench bench = new();

    public KeyRotationTests()
    {
        bench.Credentials.Set("account-a", "sk-new", "sk-old");
        bench.Feed(Entries.Live("a"));
    }

    [Fact]
    public async Task The_newest_key_is_used_first_and_a_refused_one_moves_the_same_request_to_the_next()
    {
        var first = await bench.ChooseAsync();
        bench.Run(first, TimeSpan.Zero, UpstreamFailure.KeyRefused);

        var second = await bench.ChooseAsync(tried: first.Candidate!);

        KeyOf(first).Should().Be("Bearer sk-new");
        KeyOf(second).Should().Be("Bearer sk-old");
        bench.Endpoint("a").Outcomes.HasUrgent.Should().BeFalse("the cluster hears of it only when no key is left");
    }

    [Fact]
    public async Task With_every_key_refused_the_entry_is_ejected_and_the_cluster_hears_of_it()
    {
        await RefuseAllAsync();

        (await bench.ChooseAsync()).Blocked.Should().Be(RouteBlock.KeyRefused);
        bench.Endpoint("a").Outcomes.Take()!.Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.KeyRefused);
    }

    [Fact]
    public async Task A_key_that_only_this_node_saw_refused_is_tried_by_one_request_a_minute()
    {
        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.KeyRefused);
        bench.Time.Advance(HealthPolicy.EjectionTrialPeriod);

        KeyOf(await bench.ChooseAsync()).Should().Be("Bearer sk-new");
        KeyOf(await bench.ChooseAsync()).Should().Be("Bearer sk-old");
    }

    [Fact]
    public async Task A_new_key_ends_the_ejection_at_once()
    {
        await RefuseAllAsync();
        bench.Credentials.Set("account-a", "sk-newest", "sk-new", "sk-old");

        bench.State.FollowSettings().Should().BeTrue();

        KeyOf(await bench.ChooseAsync()).Should().Be("Bearer sk-newest");
    }

    [Fact]
    public async Task An_ejection_by_the_cluster_is_tried_with_its_permit_only()
    {
        await RefuseAllAsync();
        var refused = bench.Endpoint("a").LastKeyFingerprint;
        var owner = bench.Cluster.Endpoint("a");
        bench.Feed(owner.Next(CircuitState.Closed) with
        {
            Ejected = true,
            KeyFingerprint = refused,
            NextEjectionTrial = bench.Time.GetUtcNow().AddSeconds(60),
        });

        (await bench.ChooseAsync()).Blocked.Should().Be(RouteBlock.KeyRefused);
        owner.OnProbe = () => Task.FromResult<ProbePermit?>(new ProbePermit { ProbeId = 4, ValidUntil = bench.Time.GetUtcNow().AddSeconds(30) });
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        (await bench.ChooseAsync()).Blocked.Should().Be(RouteBlock.KeyRefused);
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        (await bench.ChooseAsync()).Candidate.Should().NotBeNull();
    }

    [Fact]
    public async Task An_ejection_that_the_cluster_ended_is_ended_here_too()
    {
        await RefuseAllAsync();
        var owner = bench.Cluster.Endpoint("a");
        bench.Feed(owner.Next(CircuitState.Closed) with { Ejected = true, KeyFingerprint = bench.Endpoint("a").LastKeyFingerprint });

        bench.Feed(Array.Empty<EndpointVerdict>());

        (await bench.ChooseAsync()).Candidate.Should().NotBeNull();
    }

    [Fact]
    public async Task A_report_tells_whose_key_was_refused_and_never_of_a_key_that_was_not_accepted()
    {
        await RefuseAllAsync();
        var refused = Report();
        refused.Runs.Should().ContainSingle().Which.KeyFingerprint.Should().Be(bench.Endpoint("a").Targets[1].KeyFingerprint);
        refused.KeyFingerprint.Should().Be(bench.Endpoint("a").Targets[1].KeyFingerprint, "a silo of an earlier version looks here");

        bench.Time.Advance(HealthPolicy.EjectionTrialPeriod);
        var again = await bench.ChooseAsync();
        Report().KeyFingerprint.Should().BeNull("nothing is known of the key yet");
        bench.Run(again, TimeSpan.Zero, UpstreamFailure.KeyRefused);

        KeyOf(again).Should().Be("Bearer sk-new");
        Report().KeyFingerprint.Should().BeNull("it would end the ejection");
    }

    [Fact]
    public async Task A_report_tells_of_the_key_that_was_accepted_until_it_is_refused()
    {
        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.None);
        Report().KeyFingerprint.Should().Be(bench.Endpoint("a").Targets[0].KeyFingerprint);

        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.KeyRefused);

        Report().KeyFingerprint.Should().BeNull();
    }

    [Fact]
    public async Task A_report_tells_nothing_of_a_key_that_was_accepted_and_is_configured_no_more()
    {
        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.None);
        Report();
        bench.Credentials.Set("account-a", "sk-newest");
        bench.State.FollowSettings().Should().BeTrue();

        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.RateLimited);

        Report().KeyFingerprint.Should().BeNull("it would end the ejection of the key that is in use");
    }

    [Fact]
    public async Task A_report_tells_of_a_key_that_was_accepted_also_when_another_one_stands_before_it()
    {
        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.None);
        var accepted = Report().KeyFingerprint;
        bench.Credentials.Set("account-a", "sk-newest", "sk-new", "sk-old");
        bench.State.FollowSettings().Should().BeTrue();

        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.RateLimited);

        Report().KeyFingerprint.Should().Be(accepted).And.NotBeNull();
    }

    [Fact]
    public async Task A_trial_that_is_refused_tells_which_key_it_tried()
    {
        await RefuseAllAsync();
        Report();
        var endpoint = bench.Endpoint("a");
        endpoint.Begin(4, endpoint.Targets[0]).End(UpstreamFailure.KeyRefused);

        Report().Runs.Should().ContainSingle().Which.KeyFingerprint.Should().Be(endpoint.Targets[0].KeyFingerprint);
    }

    [Fact]
    public async Task A_refusal_of_one_account_leaves_the_other_with_the_same_address_alone()
    {
        var twins = new RoutingBench(
            Entries.Live("a") with { Url = "https://one.example" }, Entries.Live("b") with { Url = "https://one.example" });
        twins.Fail("a", 1, UpstreamFailure.KeyRefused);

        for (var i = 0; i < 10; i++)
        {
            (await twins.ChooseAsync()).Candidate!.Entry.Id.Should().Be("b");
        }
    }

    [Fact]
    public async Task An_attempt_without_a_named_target_lays_a_refusal_to_the_key_in_use()
    {
        bench.Fail("a", 1, UpstreamFailure.KeyRefused);

        KeyOf(await bench.ChooseAsync()).Should().Be("Bearer sk-old");
    }

    private async Task RefuseAllAsync()
    {
        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.KeyRefused);
        bench.Run(await bench.ChooseAsync(), TimeSpan.Zero, UpstreamFailure.KeyRefused);
    }

    private static string KeyOf(RouteChoice choice) => choice.Candidate!.Target.Headers.Single(header => header.Key == "Authorization").Value;
}
