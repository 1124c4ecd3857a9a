namespace Gateway.Silo.Tests.Settings;

public sealed class GlobusSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_settings_of_FIRST_are_read_with_every_separator_that_deployments_use()
    {
        var settings = SettingsFor.Valid(
            _home,
            ("GLOBUS_APPLICATION_ID", "client"),
            ("GLOBUS_APPLICATION_SECRET", "secret"),
            ("GLOBUS_GROUPS", "g1, g2;g3 g4"),
            ("GLOBUS_POLICIES", "p1,p2"),
            ("AUTHORIZED_IDP_DOMAINS", "ANL.gov alcf.anl.gov"),
            ("AUTHORIZED_GROUPS_PER_IDP", """{"Example.ORG":"a,b","other.org":["c"]}"""),
            ("AUTHORIZED_GLOBUS_SERVICE_USERNAMES", """["x@clients.auth.globus.org"]"""));

        var options = settings.Introspection;
        options.Url.Should().Be(new Uri("https://auth.globus.org/v2/oauth2/token/introspect"));
        (options.ClientId, options.ClientSecret, options.Alias).Should().Be(("client", "secret", "globus"));
        options.Globus!.GroupsUrl.Should().Be(new Uri("https://groups.api.globus.org"));
        options.Globus.Groups.Should().Equal("g1", "g2", "g3", "g4");
        options.Globus.Policies.Should().Equal("p1", "p2");
        options.Globus.IdpDomains.Should().Equal("anl.gov", "alcf.anl.gov");
        options.Globus.GroupsPerIdp["example.org"].Should().Equal("a", "b");
        options.Globus.GroupsPerIdp["other.org"].Should().Equal("c");
        options.Globus.ServiceUsernames.Should().Equal("x@clients.auth.globus.org");
        settings.Identity.DefaultIssuer.Should().Be("globus");
        settings.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("GLOBUS_GROUPS", "canary-group")]
    [InlineData("GLOBUS_POLICIES", "canary-policy")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", "canary.example")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", """{"canary.example":"g"}""")]
    public void A_restriction_without_Globus_stops_the_start(string name, string value) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(name + ": restricts Globus callers").And.NotContain("canary");

    [Theory]
    [InlineData("GLOBUS_AUTH_URL", "http://auth.example.org")]
    [InlineData("GLOBUS_GROUPS_URL", "ftp://groups.example.org")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", "[1]")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", """{"a":1}""")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", """{"a":"x","A":"y"}""")]
    [InlineData("AUTHORIZED_GLOBUS_SERVICE_USERNAMES", "[broken")]
    public void A_wrong_value_stops_the_start(string name, string value) =>
        SettingsFor.Problem(_home, ("GLOBUS_APPLICATION_ID", "c"), ("GLOBUS_APPLICATION_SECRET", "s"), ("AUTHORIZED_IDP_DOMAINS", "a.b"), (name, value)).Should().StartWith(name + ": ");

    [Theory]
    [InlineData("AUTHORIZED_IDP_DOMAINS", ",")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", "; ")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", "[ ]")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", "[null]")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", """["anl.gov",null]""")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", "@anl.gov")]
    [InlineData("GLOBUS_GROUPS", ",")]
    [InlineData("GLOBUS_GROUPS", """[" "]""")]
    [InlineData("GLOBUS_POLICIES", "[null]")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", "{ }")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", """{"@anl.gov":"g"}""")]
    [InlineData("AUTHORIZED_GLOBUS_SERVICE_USERNAMES", ",")]
    public void A_restriction_that_names_nobody_stops_the_start_instead_of_letting_everybody_in(string name, string value) =>
        SettingsFor.Problem(_home, ("GLOBUS_APPLICATION_ID", "c"), ("GLOBUS_APPLICATION_SECRET", "s"), (name, value)).Should().StartWith(name + ": ");

    [Theory]
    [InlineData("[]")]
    [InlineData("None")]
    public void A_restriction_that_is_said_to_be_none_is_warned_about(string value) =>
        SettingsFor.Valid(_home, ("GLOBUS_APPLICATION_ID", "c"), ("GLOBUS_APPLICATION_SECRET", "s"), ("AUTHORIZED_IDP_DOMAINS", value)).Warnings.Should().ContainSingle().Which.Should().Contain("every Globus user");

    [Fact]
    public void A_missing_secret_stops_the_start() =>
        SettingsFor.Problem(_home, ("GLOBUS_APPLICATION_ID", "c"), ("GLOBUS_GROUPS", "g")).Should().StartWith("GLOBUS_APPLICATION_SECRET: is required");

    [Fact]
    public void Letting_every_Globus_user_in_is_warned_about() =>
        SettingsFor.Valid(_home, ("GLOBUS_APPLICATION_ID", "c"), ("GLOBUS_APPLICATION_SECRET", "s")).Warnings.Should().ContainSingle().Which.Should().Contain("every Globus user");

    [Fact]
    public void Globus_and_another_server_at_once_stop_the_start() =>
        SettingsFor.Problem(
            _home,
            ("GLOBUS_APPLICATION_ID", "c"),
            ("GLOBUS_APPLICATION_SECRET", "s"),
            ("Gateway__Introspection__Url", "https://idp.example/introspect")).Should().StartWith("Gateway:Introspection:Url: is set together with GLOBUS_APPLICATION_ID");

    [Fact]
    public void The_secret_may_stand_in_a_file_and_change_there()
    {
        _home.Write("globus-secret", "first\n");

        var settings = SettingsFor.Valid(_home, ("GLOBUS_APPLICATION_ID", "c"), ("GLOBUS_APPLICATION_SECRET_FILE", "globus-secret"), ("GLOBUS_GROUPS", "g"));

        settings.Introspection.ClientSecret.Should().Be("first");
        settings.WatchedSecrets.Single(secret => secret.Setting == "GLOBUS_APPLICATION_SECRET").Apply("second").Should().BeNull();
        settings.Introspection.ClientSecret.Should().Be("second");
        $"{settings.Introspection}".Should().NotContain("second");
    }
}
