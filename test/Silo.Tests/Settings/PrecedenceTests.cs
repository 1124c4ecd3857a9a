using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Tests.Settings;

public sealed class PrecedenceTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_environment_wins_over_the_env_file_and_that_over_appsettings()
    {
        _home.Write(".env", "METIS_REFRESH_SECONDS=20\nMETIS_TIMEOUT_SECONDS=5");
        _home.Write("appsettings.json", """{"METIS_REFRESH_SECONDS":"40","METIS_TIMEOUT_SECONDS":"7","Gateway":{"Drain":{"MaxSeconds":9},"CLUSTER_ID":"from-json"}}""");

        var settings = SettingsFor.Valid(_home, ("METIS_REFRESH_SECONDS", "10"));

        settings.Manifest.RefreshPeriod.Should().Be(TimeSpan.FromSeconds(10));
        settings.Manifest.FetchTimeout.Should().Be(TimeSpan.FromSeconds(5));
        settings.Drain.Maximum.Should().Be(TimeSpan.FromSeconds(9));
        settings.Cluster.Id.Should().Be("from-json");
    }

    [Fact]
    public void Nested_names_work_in_the_environment_and_in_the_env_file()
    {
        _home.Write(".env", "Gateway__Drain__MaxSeconds=11\nGateway__Log__Format=json");

        var settings = SettingsFor.Valid(_home, ("Gateway__Drain__MaxSeconds", "12"));

        settings.Drain.Maximum.Should().Be(TimeSpan.FromSeconds(12));
        settings.Log.Json.Should().BeTrue();
    }

    [Fact]
    public void An_empty_variable_means_unset_and_still_hides_the_env_file()
    {
        _home.Write(".env", "METIS_STATUS_URL=http://127.0.0.1:1/from-file");

        SettingsFor.Valid(_home, ("METIS_STATUS_URL", "")).Manifest.Sources.Should().BeEmpty();
    }

    [Theory]
    [InlineData("'http://h:1/s.json'")]
    [InlineData("\"http://h:1/s.json\"")]
    [InlineData("http://h:1/s.json")]
    public void Surrounding_quotes_of_real_variables_are_taken_off(string value) =>
        SettingsFor.Valid(_home, ("METIS_STATUS_URL", value)).Manifest.Sources.Should().ContainSingle()
            .Which.Location.Should().Be(new Uri("http://h:1/s.json"));

    [Fact]
    public void The_hosts_configuration_sees_the_same_values()
    {
        _home.Write(".env", "Logging__LogLevel__Default=Debug\nCLUSTER_ID=a");

        var configuration = SettingsFor.Valid(_home, ("CLUSTER_ID", "b")).Layers.ToConfiguration();

        configuration["Logging:LogLevel:Default"].Should().Be("Debug");
        configuration["CLUSTER_ID"].Should().Be("b");
    }

    [Fact]
    public void A_broken_env_file_stops_the_start_with_its_path_and_line()
    {
        var path = _home.Write(".env", "A=1\nMETIS_API_TOKENS={\n\"a\": \"sk-canary\"\n}");

        SettingsFor.Problem(_home).Should().StartWith(path + ": line 3:").And.NotContain("sk-canary");
    }

    [Fact]
    public void A_broken_appsettings_file_stops_the_start_with_its_path()
    {
        var path = _home.Write("appsettings.json", "{ \"A\": sk-canary }");

        SettingsFor.Problem(_home).Should().StartWith(path).And.NotContain("sk-canary");
    }

    [Theory]
    [InlineData("""{"METIS_API_TOKENS":{"a":"sk-canary"}}""")]
    [InlineData("""{"Gateway":{"METIS_API_TOKENS":{"a":"sk-canary"}}}""")]
    public void A_json_object_where_a_text_belongs_is_not_taken_for_unset(string json)
    {
        _home.Write("appsettings.json", json);

        SettingsFor.Problem(_home).Should().StartWith("METIS_API_TOKENS: must be one text").And.NotContain("canary");
    }

    [Fact]
    public void A_home_folder_that_does_not_exist_stops_the_start()
    {
        var sources = SettingSources.Load([KeyValuePair.Create("GATEWAY_HOME", "/nowhere/at/all")], _home.Path, _home.Path);

        sources.Problems.Should().ContainSingle().Which.ToString().Should().StartWith("GATEWAY_HOME: the folder /nowhere/at/all does not exist");
    }
}
