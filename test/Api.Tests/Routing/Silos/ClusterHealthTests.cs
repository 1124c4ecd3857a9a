using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Routing.Silos;

public sealed class ClusterHealthTests
{
    [Fact]
    public async Task A_circuit_that_one_node_opens_is_open_at_the_other_and_one_probe_closes_it_for_both()
    {
        await using var nodes = await NodesOnOneSilo.StartAsync("a", "b");
        NodesOnOneSilo.Fail(nodes.One, "a", UpstreamFailure.ServerError, HealthPolicy.ConsecutiveFailures);
        await nodes.UntilAsync(() => nodes.Both(node => Health(node) is { Verdict.Circuit: CircuitState.Open }), "open at both");
        (await NodesOnOneSilo.ChooseAsync(nodes.Two)).Candidate!.Entry.Id.Should().Be("b");

        nodes.Clock.Advance(HealthPolicy.FirstOpen);
        var choices = new List<RouteChoice>();
        for (var i = 0; i < 10; i++)
        {
            choices.Add(await NodesOnOneSilo.ChooseAsync(i % 2 == 0 ? nodes.One : nodes.Two));
        }

        var probe = choices.Where(choice => choice.ProbeId is not null).Should().ContainSingle("one probe serves the whole cluster").Which;
        probe.Candidate!.Entry.Id.Should().Be("a");
        choices.Where(choice => choice.ProbeId is null).Should().OnlyContain(choice => choice.Candidate!.Entry.Id == "b");

        probe.Candidate.Endpoint.Begin(probe.ProbeId, probe.Candidate.Target).End(UpstreamFailure.None);
        await nodes.UntilAsync(() => nodes.Both(node => Health(node).IsClear), "closed at both");
    }

    [Fact]
    public async Task A_failed_probe_keeps_the_circuit_open_for_longer()
    {
        await using var nodes = await NodesOnOneSilo.StartAsync("a", "b");
        NodesOnOneSilo.Fail(nodes.One, "a", UpstreamFailure.ServerError, HealthPolicy.ConsecutiveFailures);
        await nodes.UntilAsync(() => Health(nodes.One) is { Verdict.Circuit: CircuitState.Open }, "open");
        nodes.Clock.Advance(HealthPolicy.FirstOpen);
        var probe = await NodesOnOneSilo.ChooseAsync(nodes.One);

        probe.Candidate!.Endpoint.Begin(probe.ProbeId, probe.Candidate.Target).End(UpstreamFailure.ServerError);

        await nodes.UntilAsync(
            () => Health(nodes.Two) is { Verdict: { Circuit: CircuitState.Open, OpenUntil: { } until } } && until - nodes.Clock.GetUtcNow() > HealthPolicy.FirstOpen,
            "open for twice as long");
    }

    [Fact]
    public async Task A_refused_key_ejects_at_both_nodes_until_a_node_uses_a_new_key()
    {
        await using var nodes = await NodesOnOneSilo.StartAsync("a");
        NodesOnOneSilo.Fail(nodes.One, "a", UpstreamFailure.KeyRefused);
        await nodes.UntilAsync(() => nodes.Both(node => Health(node) is { Verdict.Ejected: true }), "ejected at both");
        (await NodesOnOneSilo.ChooseAsync(nodes.Two)).Blocked.Should().Be(RouteBlock.KeyRefused);

        nodes.Two.Credentials.Set("account-a", "sk-new");
        await nodes.UntilAsync(() => nodes.Two.Router.Current!.Find("m")!.Candidates[0].Target.Headers[0].Value == "Bearer sk-new", "the new key is there");
        var withNewKey = await NodesOnOneSilo.ChooseAsync(nodes.Two);
        withNewKey.Candidate!.Endpoint.Begin(withNewKey.ProbeId, withNewKey.Candidate.Target).End(UpstreamFailure.None);

        await nodes.UntilAsync(() => nodes.Both(node => Health(node).IsClear), "the use of a new key ends it at both");
    }

    [Fact]
    public async Task An_operator_ends_an_ejection_at_both_nodes()
    {
        await using var nodes = await NodesOnOneSilo.StartAsync("a");
        NodesOnOneSilo.Fail(nodes.One, "a", UpstreamFailure.KeyRefused);
        await nodes.UntilAsync(() => nodes.Both(node => Health(node) is { Verdict.Ejected: true }), "ejected at both");

        await nodes.Endpoint("a").EndEjection();

        await nodes.UntilAsync(() => nodes.Both(node => Health(node).IsClear), "ended at both");
    }

    [Fact]
    public async Task Cooling_at_one_node_is_cooling_at_the_other_and_ends_by_itself()
    {
        await using var nodes = await NodesOnOneSilo.StartAsync("a");
        nodes.One.State.Current!.Endpoints["a"].Begin(null).End(UpstreamFailure.RateLimited, TimeSpan.FromSeconds(20));
        await nodes.UntilAsync(() => Health(nodes.Two) is { Verdict.CoolingUntil: not null }, "the other node knows");

        var blocked = await NodesOnOneSilo.ChooseAsync(nodes.Two);
        blocked.Blocked.Should().Be(RouteBlock.Cooling);
        blocked.CoolingCause.Should().Be(UpstreamFailure.RateLimited);

        nodes.Clock.Advance(TimeSpan.FromSeconds(20));
        (await NodesOnOneSilo.ChooseAsync(nodes.Two)).Candidate.Should().NotBeNull();
    }

    [Fact]
    public async Task An_override_and_a_changed_manifest_reach_both_nodes()
    {
        await using var nodes = await NodesOnOneSilo.StartAsync("a");
        await nodes.Manifest.SetOverride(Entries.Override("a", OverrideMode.Drain));
        await nodes.UntilAsync(() => nodes.Both(node => !Serves(node)), "drained at both");
        await nodes.Manifest.ClearOverride("a");
        await nodes.UntilAsync(() => nodes.Both(Serves), "serving at both");

        await nodes.WriteAsync("Maintenance", "a");

        await nodes.UntilAsync(() => nodes.Both(node => !Serves(node)), "in maintenance at both");
    }

    private static Api.Routing.Health.EndpointHealth Health(RoutingNode node) => node.State.Current!.Endpoints["a"].Health;

    private static bool Serves(RoutingNode node) => node.Router.Current!.Find("m")!.Candidates[0].Serves;
}
