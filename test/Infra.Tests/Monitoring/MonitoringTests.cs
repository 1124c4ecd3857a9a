using Gateway.Infra.Compose;

namespace Gateway.Infra.Monitoring;

public sealed class MonitoringTests
{
    private const string PrometheusPath = "infra/prometheus/prometheus.yml";
    private const string KeyPath = "/run/secrets/metrics-key";

    [Fact]
    public async Task Promtool_takes_the_configuration()
    {
        var promtool = ExternalTool.Require("promtool");
        using var folder = new TempFolder();
        var key = folder.Write("metrics-key", "gw-viewer");
        var configuration = folder.Write("prometheus.yml", InfraFiles.Read(PrometheusPath).Replace(KeyPath, key, StringComparison.Ordinal));

        var (exitCode, output) = await ExternalTool.RunAsync(promtool, ["check", "config", configuration]);

        exitCode.Should().Be(0, output);
    }

    [Fact]
    public void Every_process_of_the_compose_file_is_scraped_where_its_metrics_are()
    {
        var targets = Yaml.Single(PrometheusPath).Items("scrape_configs").SelectMany(job => job.Items("static_configs")).SelectMany(group => group.Texts("targets"));
        var wanted = ComposeFile.Ours.Where(service => service.Value["profiles"] is not null)
            .Select(service => service.Key + ":" + Port(service.Value.Map("environment"))).Append("localhost:9090");

        targets.Should().BeEquivalentTo(wanted);
        ComposeFile.Ours.Where(service => service.Value["profiles"] is not null).Should().AllSatisfy(service => service.Value.Texts("networks").Should().Contain("monitoring"));

        static int Port(Dictionary<string, string> environment) => new Uri(environment.TryGetValue("GATEWAY_ADMIN_URLS", out var admin) ? admin : environment["SILO_HTTP_URLS"]).Port;
    }

    [Fact]
    public void The_key_comes_as_a_file_where_prometheus_looks()
    {
        ComposeFile.Services["prometheus"].Texts("secrets").Should().Equal("metrics-key");
        ComposeFile.Root.At("secrets", "metrics-key").Text("file").Should().Be("${METRICS_KEY_FILE:-/dev/null}");
        Yaml.Single(PrometheusPath).Items("scrape_configs").Where(job => job.Text("job_name") != "prometheus")
            .Should().HaveCount(2).And.AllSatisfy(job => job.Text("authorization", "credentials_file").Should().Be(KeyPath));
    }

    [Fact]
    public void Grafana_finds_prometheus_and_its_folder()
    {
        var source = Yaml.Single("infra/grafana/provisioning/datasources/prometheus.yaml").Items("datasources").Single();
        var provider = Yaml.Single("infra/grafana/provisioning/dashboards/files.yaml").Items("providers").Single();
        var mounts = ComposeFile.Services["grafana"].Texts("volumes").Select(volume => volume.Split(':')).ToDictionary(parts => parts[1], parts => parts[0]);

        new Uri(source.Text("url")!).Should().Be(new Uri("http://prometheus:9090"));
        ComposeFile.Services["prometheus"].Texts("networks").Intersect(ComposeFile.Services["grafana"].Texts("networks")).Should().NotBeEmpty();
        mounts["/etc/grafana/provisioning"].Should().Be("./infra/grafana/provisioning");
        mounts[provider.Text("options", "path")!].Should().Be("./infra/grafana/dashboards");
    }
}
