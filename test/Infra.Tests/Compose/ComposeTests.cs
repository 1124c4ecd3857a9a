using Gateway.Infra.Docker;

namespace Gateway.Infra.Compose;

public sealed class ComposeTests
{
    [Fact]
    public void A_plain_start_is_the_one_container_that_the_guide_names() =>
        ComposeFile.Services.Where(service => service.Value["profiles"] is null).Select(service => service.Key).Should().Equal("inference-gateway");

    [Fact]
    public void The_cluster_profile_has_all_its_parts() =>
        ComposeFile.Services.Where(service => service.Value.Texts("profiles").Contains("cluster")).Select(service => service.Key)
            .Should().BeEquivalentTo("preflight", "redis", "postgres", "silo-1", "silo-2", "frontend-1", "frontend-2", "nginx", "prometheus", "grafana");

    [Fact]
    public void The_guides_addresses_hold()
    {
        var gateway = ComposeFile.Services["inference-gateway"];
        gateway.Texts("ports").Should().Equal("${PUBLISHED_PORT:-8000}:8000");
        gateway.Map("environment")["ASPNETCORE_URLS"].Should().Be("http://0.0.0.0:8000");
        ComposeFile.Ours.Should().AllSatisfy(service => service.Value.Texts("extra_hosts").Should().Contain("host.docker.internal:host-gateway"));
    }

    [Fact]
    public void Settings_come_from_a_dotenv_that_may_be_missing() =>
        ComposeFile.Ours.Should().AllSatisfy(service =>
        {
            var file = service.Value.Items("env_file").Should().ContainSingle().Which;
            file.Text("path").Should().Be(".env");
            file.Text("required").Should().Be("false");
        });

    [Fact]
    public void Only_the_manifests_address_stops_a_start_before_it_begins()
    {
        // Variables are put in for services of profiles that are off as well, so a cluster's must not be required this way.
        ComposeFile.Variables.Where(variable => variable.Condition.StartsWith(":?", StringComparison.Ordinal) || variable.Condition.StartsWith('?'))
            .Select(variable => variable.Name).Should().Equal("METIS_STATUS_URL");
    }

    [Fact]
    public void No_secret_has_a_default() =>
        ComposeFile.Variables.Where(variable => variable.Name.EndsWith("PASSWORD", StringComparison.Ordinal) || variable.Name.EndsWith("SECRET", StringComparison.Ordinal) || variable.Name.EndsWith("KEY", StringComparison.Ordinal))
            .Should().NotBeEmpty().And.AllSatisfy(variable => variable.Condition.Should().Be(":-", "{0} must not be guessable", variable.Name));

    [Fact]
    public void Every_name_that_a_gateway_process_is_given_is_a_setting() =>
        ComposeFile.Ours.Should().AllSatisfy(service => SettingNames.Unknown(service.Value.Map("environment").Keys).Should().BeEmpty("{0} is known to the catalogue", service.Key));

    [Fact]
    public void All_processes_of_the_cluster_have_the_same_shared_settings()
    {
        var shared = ComposeFile.Ours.Where(service => service.Value["profiles"] is not null)
            .Select(service => service.Value.Map("environment").Where(pair => SettingNames.Find(pair.Key) is { Local: false }).ToDictionary()).ToList();

        shared.Should().HaveCount(4).And.AllSatisfy(settings => settings.Should().BeEquivalentTo(shared[0]));
        shared[0].Keys.Should().Contain(["REDIS_URL", "DATABASE_URL", "METIS_STATUS_URL"]);
        ComposeFile.Services["inference-gateway"].Map("environment").Keys.Should().NotContain(["REDIS_URL", "DATABASE_URL"]);
    }

    [Fact]
    public void Dependencies_are_waited_for_until_they_are_healthy() =>
        ComposeFile.Services.Should().AllSatisfy(service =>
        {
            foreach (var (name, condition) in service.Value["depends_on"]?.AsObject() ?? [])
            {
                condition.Text("condition").Should().Be(name == "preflight" ? "service_completed_successfully" : "service_healthy");
                ComposeFile.Services.Keys.Should().Contain(name);
            }
        });

    [Fact]
    public void Nothing_of_the_cluster_starts_before_the_preflight()
    {
        ComposeFile.Services.Where(service => service.Value["profiles"] is not null && service.Key != "preflight").Select(service => service.Key)
            .Should().AllSatisfy(name => Dependencies(name).Should().Contain("preflight"));

        static IEnumerable<string> Dependencies(string name) =>
            (ComposeFile.Services[name]["depends_on"]?.AsObject() ?? []).SelectMany(pair => Dependencies(pair.Key).Prepend(pair.Key));
    }

    [Fact]
    public void Streams_may_finish_before_a_container_is_killed() =>
        ComposeFile.Ours.Where(service => !service.Key.StartsWith("silo", StringComparison.Ordinal)).Append(KeyValuePair.Create("nginx", ComposeFile.Services["nginx"]))
            .Should().AllSatisfy(service => int.Parse(service.Value.Text("stop_grace_period")!.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)
                .Should().BeGreaterThan(SettingNames.DrainSeconds + 15));

    [Fact]
    public void Images_of_ours_are_built_for_the_engine_of_their_place()
    {
        foreach (var (name, service) in ComposeFile.Ours)
        {
            var build = service["build"];
            build.Text("dockerfile").Should().Be(GatewayDockerfile.Path);
            GatewayDockerfile.Stages.Select(stage => stage.Name).Should().Contain(build.Text("target"));
            build.Text("args", "ACTOR_RUNTIME").Should().Be(name == "inference-gateway" ? "BuiltIn" : "Orleans");
            build.Text("target").Should().Be(name.StartsWith("silo", StringComparison.Ordinal) ? "silo" : "gateway");
        }

        ComposeFile.Ours.GroupBy(service => service.Value.Text("image")).Should().AllSatisfy(image =>
            image.Select(service => service.Value["build"]!.ToJsonString()).Distinct().Should().ContainSingle("one name is one image"));
    }

    [Fact]
    public void Redis_keeps_what_it_has_and_evicts_nothing()
    {
        var command = ComposeFile.Services["redis"].Texts("command");
        command.SkipWhile(word => word != "--appendonly").Take(2).Should().Equal("--appendonly", "yes");
        command.SkipWhile(word => word != "--maxmemory-policy").Take(2).Should().Equal("--maxmemory-policy", "noeviction");
    }
}
