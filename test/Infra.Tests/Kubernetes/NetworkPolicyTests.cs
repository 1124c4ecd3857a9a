using System.Text.Json.Nodes;

namespace Gateway.Infra.Kubernetes;

public sealed class NetworkPolicyTests
{
    [Fact]
    public void Every_pod_is_covered_by_a_policy_for_what_comes_in() =>
        Manifests.Workloads.Should().AllSatisfy(workload => PolicyOf(workload).Texts("spec", "policyTypes").Should().Contain("Ingress"));

    [Theory]
    [InlineData("silo", "silo")]
    [InlineData("silo", "silo-gateway")]
    [InlineData("redis", "redis")]
    [InlineData("postgres", "postgres")]
    public void Only_members_of_the_cluster_reach(string name, string port)
    {
        var workload = Manifests.Workloads.Single(workload => workload.Name == name);

        var rules = RulesFor(workload, port).ToList();

        rules.Should().ContainSingle();
        var peers = rules.Single().Items("from").ToList();
        peers.Should().HaveCount(2).And.AllSatisfy(peer => peer.AsObject().Select(pair => pair.Key).Should().Equal("podSelector"));
        peers.SelectMany(peer => Manifests.Workloads.Where(member => member.IsSelectedBy(peer.Map("podSelector", "matchLabels")))).Select(member => member.Name)
            .Should().BeEquivalentTo("silo", "frontend");
    }

    [Theory, InlineData("frontend", "admin"), InlineData("silo", "health")]
    public void Operators_are_marked_by_a_label(string name, string port)
    {
        var rule = RulesFor(Manifests.Workloads.Single(workload => workload.Name == name), port).Should().ContainSingle().Which;

        rule.Items("from").Single().Map("podSelector", "matchLabels").Should().Equal(new Dictionary<string, string> { ["inference-gateway/admin"] = "true" });
    }

    [Fact]
    public void Callers_reach_the_public_port_and_no_other_is_open_to_all()
    {
        var open = Manifests.OfKind("NetworkPolicy").SelectMany(policy => policy.Items("spec", "ingress")).Where(rule => rule["from"] is null);

        open.Should().ContainSingle().Which.Items("ports").Select(port => port.Text("port")).Should().Equal("http");
    }

    [Fact]
    public void Ports_of_policies_exist() =>
        Manifests.Workloads.Should().AllSatisfy(workload =>
        {
            var ports = PolicyOf(workload).Items("spec", "ingress").SelectMany(rule => rule.Items("ports")).Select(port => port.Text("port")!).ToList();
            ports.Should().NotBeEmpty().And.AllSatisfy(port => Is(workload, port).Should().NotBeNull());
            ports.Select(port => Is(workload, port)).Should().BeEquivalentTo(workload.Ports.Keys, "each port is opened to somebody, or it is not needed");
        });

    private static JsonNode PolicyOf(Workload workload) =>
        Manifests.OfKind("NetworkPolicy").Where(policy => workload.IsSelectedBy(policy.Map("spec", "podSelector", "matchLabels"))).Should().ContainSingle("of {0}", workload).Which;

    private static IEnumerable<JsonNode> RulesFor(Workload workload, string port) =>
        PolicyOf(workload).Items("spec", "ingress").Where(rule => rule["ports"] is null || rule.Items("ports").Any(open => Is(workload, open.Text("port")!) == port));

    // The name of the port, whether the policy gives name or number.
    private static string? Is(Workload workload, string port) =>
        workload.Ports.FirstOrDefault(known => known.Key == port || known.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) == port).Key;
}
