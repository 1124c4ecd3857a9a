using System.Text.Json.Nodes;

namespace Gateway.Infra.Kubernetes;

public sealed class SelectorTests
{
    [Fact]
    public void Workloads_select_their_own_pods() =>
        Manifests.Workloads.Should().HaveCount(4).And.AllSatisfy(workload =>
        {
            workload.IsSelectedBy(workload.Item.Map("spec", "selector", "matchLabels")).Should().BeTrue();
            Manifests.Workloads.Where(other => other.IsSelectedBy(workload.Item.Map("spec", "selector", "matchLabels"))).Should().ContainSingle();
        });

    [Fact]
    public void Services_reach_pods_by_ports_that_these_have() =>
        Manifests.OfKind("Service").Should().HaveCount(6).And.AllSatisfy(service =>
        {
            var workload = Manifests.Workloads.Where(candidate => candidate.IsSelectedBy(service.Map("spec", "selector"))).Should().ContainSingle().Which;
            workload.Ports.Keys.Should().Contain(service.Items("spec", "ports").Select(port => port.Text("targetPort")));
        });

    [Fact]
    public void A_stateful_set_has_the_headless_service_that_it_names()
    {
        var service = Manifests.Find("Service", Manifests.Find("StatefulSet", "frontend").Text("spec", "serviceName")!);

        service.Text("spec", "clusterIP").Should().Be("None");
        Manifests.Find("Service", "silo").Text("spec", "clusterIP").Should().Be("None");
    }

    [Fact]
    public void Budgets_allow_one_pod_of_each_kind_to_go()
    {
        var budgets = Manifests.OfKind("PodDisruptionBudget").ToList();

        Manifests.Ours.Should().AllSatisfy(workload =>
            budgets.Where(budget => workload.IsSelectedBy(budget.Map("spec", "selector", "matchLabels"))).Should().ContainSingle().Which.Text("spec", "maxUnavailable").Should().Be("1"));
    }

    [Fact]
    public void Pods_are_spread_over_machines_and_zones() =>
        Manifests.Ours.Should().AllSatisfy(workload =>
        {
            var spread = workload.Pod.Items("topologySpreadConstraints").ToList();
            spread.Select(constraint => constraint.Text("topologyKey")).Should().Equal("kubernetes.io/hostname", "topology.kubernetes.io/zone");
            spread.Should().AllSatisfy(constraint => workload.IsSelectedBy(constraint.Map("labelSelector", "matchLabels")).Should().BeTrue());
        });

    [Fact]
    public void The_autoscaler_alone_decides_how_many_front_ends_there_are()
    {
        var autoscaler = Manifests.OfKind("HorizontalPodAutoscaler").Single();
        var target = autoscaler.At("spec", "scaleTargetRef");

        Manifests.Find(target.Text("kind")!, target.Text("name")!).At("spec", "replicas").Should().BeNull("applying the file would undo what the autoscaler did");
        int.Parse(autoscaler.Text("spec", "minReplicas")!, System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThanOrEqualTo(2);
        Manifests.Find(target.Text("kind")!, target.Text("name")!).At("spec", "template", "spec").Items("containers").Single().Text("resources", "requests", "cpu")
            .Should().NotBeNull("utilisation is a share of it");
    }

    [Fact]
    public void Every_mount_has_its_volume() =>
        Manifests.Workloads.Should().AllSatisfy(workload => workload.Volumes.Keys.Should().Contain(workload.Mounts.Values).And.BeEquivalentTo(workload.Mounts.Values.Distinct()));

    [Fact]
    public void Images_get_exact_versions()
    {
        var tags = Manifests.Kustomization(Manifests.Base).Items("images").ToDictionary(image => image.Text("name")!, image => image.Text("newTag")!);

        Manifests.Ours.Select(workload => workload.Container.Text("image")).Should().BeEquivalentTo(tags.Keys);
        tags.Values.Should().AllBe(ProductVersion(), "the files belong to this version");
        Manifests.Workloads.Except(Manifests.Ours).Should().AllSatisfy(workload => workload.Container.Text("image").Should().MatchRegex(":[0-9]+\\.[0-9]+"));
    }

    private static string ProductVersion() =>
        System.Xml.Linq.XDocument.Load(InfraFiles.PathOf("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;
}
