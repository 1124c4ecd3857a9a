namespace Gateway.Silo.Tests.Settings;

public sealed class ManifestSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void One_address_is_the_cluster_metis()
    {
        var source = Source("https://host.example/status.json?x=1&metis=2");

        source.Name.Should().Be("metis");
        source.Location.Should().Be(new Uri("https://host.example/status.json?x=1&metis=2"));
        source.Authorization.Should().BeNull();
    }

    [Fact]
    public void A_path_is_taken_from_the_home_folder()
    {
        Source("manifests/my status.json").Location.LocalPath.Should().Be(Path.Combine(_home.Path, "manifests/my status.json"));
        Source("/srv/status#1.json").Location.LocalPath.Should().Be("/srv/status#1.json");
        Source("file:///srv/status.json").Location.LocalPath.Should().Be("/srv/status.json");
    }

    [Fact]
    public void A_list_gives_one_cluster_each()
    {
        var sources = SettingsFor.Valid(_home, ("METIS_STATUS_URL", "metis=http://a/s.json, polaris=b.json;sophia=file:///c.json")).Manifest.Sources;

        sources.Select(source => source.Name).Should().Equal("metis", "polaris", "sophia");
        sources[1].Location.LocalPath.Should().Be(Path.Combine(_home.Path, "b.json"));
    }

    [Theory]
    [InlineData("ftp://host/status.json")]
    [InlineData("http:///status.json")]
    [InlineData("a=http://x/1 a=http://x/2")]
    [InlineData("v1=http://x/1")]
    [InlineData("a=http://x/1, nonsense")]
    [InlineData("file://other-host/status.json")]
    public void A_wrong_address_stops_the_start(string value) =>
        SettingsFor.Problem(_home, ("METIS_STATUS_URL", value)).Should().StartWith("METIS_STATUS_URL: ");

    [Fact]
    public void User_info_becomes_basic_authorization_and_leaves_the_address()
    {
        var source = Source("https://ali%20ce:p%40ss@host.example:8443/status.json");

        source.Location.Should().Be(new Uri("https://host.example:8443/status.json"));
        source.Location.UserInfo.Should().BeEmpty();
        source.Authorization.Should().Be("Basic " + Convert.ToBase64String("ali ce:p@ss"u8));
    }

    [Fact]
    public void One_authorization_goes_to_one_host_only()
    {
        Sources(("METIS_STATUS_URL", "a=http://x/1 b=http://x/2 c=local.json"), ("METIS_STATUS_AUTHORIZATION", "Bearer t"))
            .Select(source => source.Authorization).Should().Equal("Bearer t", "Bearer t", null);
        SettingsFor.Problem(_home, ("METIS_STATUS_URL", "a=http://x/1 b=http://y/2"), ("METIS_STATUS_AUTHORIZATION", "Bearer t-canary"))
            .Should().StartWith("METIS_STATUS_AUTHORIZATION: would go to several hosts").And.NotContain("t-canary");
    }

    [Fact]
    public void Several_hosts_get_their_authorizations_by_name()
    {
        Sources(("METIS_STATUS_URL", "a=http://x/1 b=http://u:p@y/2"), ("METIS_STATUS_AUTHORIZATION", """{"a":"Bearer one","b":"Bearer two"}"""))
            .Select(source => source.Authorization).Should().Equal("Bearer one", "Basic " + Convert.ToBase64String("u:p"u8));
        SettingsFor.Problem(_home, ("METIS_STATUS_URL", "http://x/1"), ("METIS_STATUS_AUTHORIZATION", """{"other":"Bearer one"}"""))
            .Should().Contain("names a cluster that METIS_STATUS_URL does not have");
    }

    [Fact]
    public void Credentials_over_plain_http_are_warned_about() =>
        SettingsFor.Valid(_home, ("METIS_STATUS_URL", "http://u:p@host.example/s.json")).Warnings
            .Should().ContainSingle().Which.Should().Contain("plain http").And.NotContain("u:p");

    [Theory]
    [InlineData("METIS_REFRESH_SECONDS", "0")]
    [InlineData("METIS_REFRESH_SECONDS", "1.5")]
    [InlineData("METIS_REFRESH_SECONDS", "soon")]
    [InlineData("METIS_TIMEOUT_SECONDS", "301")]
    [InlineData("GATEWAY_PRIVATE_UPSTREAMS", "maybe")]
    [InlineData("GATEWAY_DEMO", "on")]
    [InlineData("Gateway__Log__Format", "xml")]
    [InlineData("ASPNETCORE_URLS", "localhost:8000")]
    [InlineData("GATEWAY_CORS_ORIGINS", "chat.example.org")]
    [InlineData("HTTPS_PROXY", "socks5://proxy:1080")]
    [InlineData("CLUSTER_ID", "a b")]
    public void A_wrong_value_stops_the_start_with_one_line_that_names_it(string name, string value) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(name.Replace("__", ":", StringComparison.Ordinal) + ": ").And.NotContain("\n");

    private Gateway.Grains.Manifests.ManifestSource Source(string value) => Sources(("METIS_STATUS_URL", value)).Should().ContainSingle().Subject;

    private System.Collections.Immutable.ImmutableArray<Gateway.Grains.Manifests.ManifestSource> Sources(params (string Name, string Value)[] environment) =>
        SettingsFor.Valid(_home, environment).Manifest.Sources;
}
