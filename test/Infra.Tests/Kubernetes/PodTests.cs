using System.Globalization;

namespace Gateway.Infra.Kubernetes;

public sealed class PodTests
{
    // Ready is false, but new connections are still taken, for this long; and closing grains and stores takes its time.
    private const int StillAccepting = 5;
    private const int Closing = 10;

    public static TheoryData<string> Names() => [.. Manifests.Workloads.Select(workload => workload.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_pod_can_do_no_more_than_it_must(string name)
    {
        var workload = Find(name);

        workload.Pod.Text("automountServiceAccountToken").Should().Be("false");
        workload.Pod.Text("securityContext", "runAsNonRoot").Should().Be("true");
        int.Parse(workload.Pod.Text("securityContext", "runAsUser")!, CultureInfo.InvariantCulture).Should().BePositive();
        workload.Pod.Text("securityContext", "seccompProfile", "type").Should().Be("RuntimeDefault");
        workload.Container.Text("securityContext", "allowPrivilegeEscalation").Should().Be("false");
        workload.Container.Text("securityContext", "readOnlyRootFilesystem").Should().Be("true");
        workload.Container.Texts("securityContext", "capabilities", "drop").Should().Equal("ALL");
        workload.Pod.AsObject().Select(pair => pair.Key).Should().NotContain(["hostNetwork", "hostPID", "hostIPC"]);
        workload.Volumes.Values.Should().NotContain(volume => volume["hostPath"] != null);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_pod_says_what_it_needs(string name)
    {
        var resources = Find(name).Container["resources"];

        resources.Map("requests").Keys.Should().BeEquivalentTo("cpu", "memory");
        resources.Map("limits").Keys.Should().Equal("memory");
    }

    [Theory, InlineData("frontend", "http"), InlineData("silo", "health")]
    public void Health_is_asked_where_it_is_answered(string name, string port)
    {
        var container = Find(name).Container;

        Probe("startupProbe").Should().Be(("/health/live", port));
        Probe("livenessProbe").Should().Be(("/health/live", port));
        Probe("readinessProbe").Should().Be(("/health/ready", port));

        (string?, string?) Probe(string kind) => (container.Text(kind, "httpGet", "path"), container.Text(kind, "httpGet", "port"));
    }

    [Fact]
    public void A_front_end_has_time_to_let_its_streams_finish()
    {
        var frontend = Find("frontend");
        var drain = int.Parse(Manifests.SharedSettings["Gateway__Drain__MaxSeconds"], CultureInfo.InvariantCulture);

        Grace(frontend).Should().BeGreaterThan(PreStop(frontend) + StillAccepting + drain + Closing);
        Grace(Find("silo")).Should().BeGreaterThan(PreStop(Find("silo")) + Closing);

        static int Grace(Workload workload) => int.Parse(workload.Pod.Text("terminationGracePeriodSeconds")!, CultureInfo.InvariantCulture);

        // The image has no shell: the kubelet itself must wait.
        static int PreStop(Workload workload) => int.Parse(workload.Container.Text("lifecycle", "preStop", "sleep", "seconds")!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void What_a_front_end_keeps_is_on_a_volume_of_its_own_that_outlives_it()
    {
        var frontend = Find("frontend");
        var data = frontend.Mounts[frontend.Environment["DATA_DIR"]];

        var claim = frontend.Item.Items("spec", "volumeClaimTemplates").Where(claim => claim.Text("metadata", "name") == data).Should().ContainSingle().Which;
        claim.Texts("spec", "accessModes").Should().Equal("ReadWriteOncePod");
        frontend.Item.Map("spec", "persistentVolumeClaimRetentionPolicy").Values.Should().AllBe("Retain");
    }

    [Fact]
    public void A_silo_keeps_nothing_and_its_successor_starts_first()
    {
        var silo = Find("silo");

        silo.Volumes[silo.Mounts[silo.Environment["DATA_DIR"]]]["emptyDir"].Should().NotBeNull();
        silo.Item.Text("spec", "strategy", "rollingUpdate", "maxUnavailable").Should().Be("0");
        int.Parse(silo.Item.Text("spec", "replicas")!, CultureInfo.InvariantCulture).Should().BeGreaterThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("frontend", "/data", "/tmp")]
    [InlineData("silo", "/data", "/tmp")]
    [InlineData("redis", "/data")]
    [InlineData("postgres", "/var/lib/postgresql/data", "/var/run/postgresql", "/tmp")]
    public void Folders_that_are_written_are_volumes(string name, params string[] written)
    {
        var workload = Find(name);

        workload.Mounts.Keys.Except(workload.SecretFolders.Keys).Should().BeEquivalentTo(written);
        workload.Container.Items("volumeMounts").Where(mount => mount.Text("readOnly") == "true").Select(mount => mount.Text("mountPath"))
            .Should().BeEquivalentTo(workload.SecretFolders.Keys);
    }

    private static Workload Find(string name) => Manifests.Workloads.Single(workload => workload.Name == name);
}
