using System.Text.Json.Nodes;
using Gateway.Infra.Docker;

namespace Gateway.Infra.Compose;

public sealed class ComposeHardeningTests
{
    public static TheoryData<string> Names() => [.. ComposeFile.Services.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_container_can_do_no_more_than_it_must(string name)
    {
        var service = ComposeFile.Services[name];

        service.Text("read_only").Should().Be("true");
        service.Texts("cap_drop").Should().Equal("ALL");
        service.Texts("security_opt").Should().Contain("no-new-privileges:true");
        service.Texts("tmpfs").Should().Contain("/tmp");
        service["privileged"].Should().BeNull();
        service["cap_add"].Should().BeNull();
        (service.Text("network_mode") ?? "none").Should().Be("none");
        service.Texts("volumes").Should().NotContain(volume => volume.Contains("docker.sock", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Names))]
    public void Nobody_is_root(string name)
    {
        var service = ComposeFile.Services[name];
        var user = service.Text("user") ?? (service["build"] is { } build ? GatewayDockerfile.Stage(build.Text("target")!).User : null);

        user.Should().MatchRegex("^[1-9][0-9]*:[0-9]+$");
    }

    [Theory, MemberData(nameof(Names))]
    public void Images_of_others_have_an_exact_version(string name)
    {
        if (ComposeFile.Services[name]["build"] is null)
        {
            ComposeFile.Services[name].Text("image").Should().MatchRegex(@"^[a-z/]+:v?[0-9]+\.[0-9]+(\.[0-9]+)?(-alpine)?$");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Health_is_checked(string name)
    {
        var service = ComposeFile.Services[name];
        if (name == "preflight")
        {
            service.Text("restart").Should().Be("no");
        }
        else if (service["build"] is { } build)
        {
            GatewayDockerfile.Stage(build.Text("target")!).HealthCommand.Should().NotBeEmpty("it is part of the image");
        }
        else
        {
            service.Texts("healthcheck", "test").Should().HaveCountGreaterThan(1);
            service.Text("healthcheck", "interval").Should().NotBeNull();
        }
    }

    [Fact]
    public void Only_callers_ports_are_open_to_other_machines()
    {
        var open = ComposeFile.Services.SelectMany(service => service.Value.Texts("ports").Select(port => (service.Key, Port: port)))
            .Where(published => !published.Port.StartsWith("127.0.0.1:", StringComparison.Ordinal));

        open.Select(published => published.Key).Should().BeEquivalentTo("inference-gateway", "nginx");
    }

    [Fact]
    public void Stores_are_on_a_network_without_a_way_out_that_only_members_share()
    {
        ComposeFile.Root.At("networks", "store").Text("internal").Should().Be("true");
        ComposeFile.Services.Where(service => service.Value.Texts("networks").Contains("store")).Select(service => service.Key)
            .Should().BeEquivalentTo("redis", "postgres", "silo-1", "silo-2", "frontend-1", "frontend-2");
        ComposeFile.Services["redis"].Texts("networks").Should().Equal("store");
        ComposeFile.Services["postgres"].Texts("networks").Should().Equal("store");
    }

    [Fact]
    public void No_two_processes_share_a_data_volume()
    {
        var volumes = ComposeFile.Services.SelectMany(service => service.Value.Texts("volumes")).Select(volume => volume.Split(':')[0]).Where(source => !source.StartsWith('.')).ToList();

        volumes.Should().OnlyHaveUniqueItems();
        ComposeFile.Root["volumes"]!.AsObject().Select(volume => volume.Key).Should().BeEquivalentTo(volumes);
    }

    [Fact]
    public void Mounted_files_exist_and_are_read_only()
    {
        var mounts = ComposeFile.Services.SelectMany(service => service.Value.Texts("volumes")).Where(volume => volume.StartsWith('.')).Select(volume => volume.Split(':')).ToList();

        mounts.Should().NotBeEmpty().And.AllSatisfy(mount =>
        {
            InfraFiles.Exists(mount[0]["./".Length..]).Should().BeTrue("{0} is mounted", mount[0]);
            mount[2].Should().Be("ro");
        });
    }
}
