using System.Text.RegularExpressions;

namespace Gateway.Infra.Kubernetes;

public sealed class SettingsTests
{
    private static readonly string Readme = InfraFiles.Read("infra", "kubernetes", "README.md");

    [Fact]
    public void Every_name_that_a_process_is_given_is_a_setting()
    {
        SettingNames.Unknown(Manifests.SharedSettings.Keys).Should().BeEmpty();
        Manifests.Ours.Should().HaveCount(2).And.AllSatisfy(workload => SettingNames.Unknown(workload.Environment.Keys).Should().BeEmpty("{0} is known to the catalogue", workload));
    }

    [Theory]
    [InlineData("METIS_STATUS_URI")]
    [InlineData("METIS_STATUS_URL_FILE")]
    [InlineData("Gateway__Cluster__Tls__CertFile")]
    [InlineData("Gateway__Drain__MaxSecond")]
    [InlineData("SERVICE_ACCOUNT_SECRET")]
    public void A_name_that_is_none_or_has_no_effect_would_be_found(string name) => SettingNames.Unknown([name]).Should().Equal(name);

    [Fact]
    public void Every_process_has_the_same_settings_but_for_its_own_addresses()
    {
        var shared = Manifests.Ours.Select(workload => workload.Environment.Where(pair => SettingNames.Find(pair.Key) is { Local: false }).ToDictionary()).ToList();

        shared[0].Should().BeEquivalentTo(shared[1]).And.NotBeEmpty();
        Manifests.Ours.Should().AllSatisfy(workload =>
        {
            workload.Container.Items("envFrom").Select(source => source.Text("configMapRef", "name")).Should().Equal("gateway-settings");
            workload.Environment.Keys.Should().NotIntersectWith(Manifests.SharedSettings.Keys);
        });
    }

    [Fact]
    public void Cluster_mode_has_all_that_it_requires() =>
        Manifests.Ours.Should().AllSatisfy(workload => workload.Environment.Keys.Should().Contain(
        [
            "REDIS_URL_FILE", "DATABASE_URL_FILE", "CLUSTER_SECRET_FILE", "GATEWAY_ADMIN_KEY_FILE",
            "Gateway__Cluster__Tls__CertificateFile", "Gateway__Cluster__Tls__KeyFile", "Gateway__Cluster__Tls__CaFile",
        ]));

    [Fact]
    public void Secrets_are_files_of_a_secret_that_the_text_tells_how_to_make()
    {
        Manifests.SharedSettings.Keys.Should().NotContain(name => SettingNames.Find(name)!.Secret);
        foreach (var workload in Manifests.Ours)
        {
            foreach (var (name, value) in workload.Environment.Where(pair => SettingNames.Find(pair.Key)!.Secret || pair.Key.Contains("__Tls__", StringComparison.Ordinal)))
            {
                (SettingNames.IsFileForm(name) || name.EndsWith("File", StringComparison.Ordinal)).Should().BeTrue("{0} must not hold the secret itself", name);
                var secret = workload.SecretFolders[Path.GetDirectoryName(value)!];
                KeysOf(secret).Should().Contain(Path.GetFileName(value), "{0} is read from secret {1}", name, secret);
            }
        }
    }

    [Fact]
    public void The_secret_of_the_trial_database_is_a_file_too()
    {
        var postgres = Manifests.Workloads.Single(workload => workload.Name == "postgres");
        var file = postgres.Environment["POSTGRES_PASSWORD_FILE"];

        postgres.Environment.Keys.Should().NotContain("POSTGRES_PASSWORD");
        KeysOf(postgres.SecretFolders[Path.GetDirectoryName(file)!]).Should().Contain(Path.GetFileName(file));
    }

    [Fact]
    public void Addresses_and_ports_agree()
    {
        var frontend = Manifests.Ours.Single(workload => workload.Name == "frontend");
        var silo = Manifests.Ours.Single(workload => workload.Name == "silo");

        new Uri(frontend.Environment["ASPNETCORE_URLS"]).Port.Should().Be(frontend.Ports["http"]);
        new Uri(frontend.Environment["GATEWAY_ADMIN_URLS"]).Port.Should().Be(frontend.Ports["admin"]);
        new Uri(silo.Environment["SILO_HTTP_URLS"]).Port.Should().Be(silo.Ports["health"]);
        silo.Environment["SILO_PORT"].Should().Be($"{silo.Ports["silo"]}");
        silo.Environment["SILO_GATEWAY_PORT"].Should().Be($"{silo.Ports["silo-gateway"]}");
        silo.Container.Items("env").Single(entry => entry.Text("name") == "SILO_ADDRESS").Text("valueFrom", "fieldRef", "fieldPath").Should().Be("status.podIP");
    }

    // kubectl create secret generic NAME --from-literal=KEY=… --from-file=KEY …
    private static IEnumerable<string> KeysOf(string secret)
    {
        var command = Regex.Match(Readme, $@"create secret generic {secret} (?<options>(?:[^\n]*\\\n)*[^\n]*)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["options"].Value;
        return Regex.Matches(command, "--from-(literal|file)=(?<key>[a-z.-]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["key"].Value);
    }
}
