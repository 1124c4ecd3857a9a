namespace Gateway.Silo.Tests.Settings;

public sealed class IntrospectionSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_a_server_opaque_tokens_are_refused() => SettingsFor.Valid(_home).Introspection.Url.Should().BeNull();

    [Fact]
    public void The_alias_comes_from_the_host_and_is_the_default_issuer()
    {
        var settings = SettingsFor.Valid(_home, Server());

        settings.Introspection.Alias.Should().Be("idp-example");
        settings.Introspection.UserClaim.Should().Be("sub");
        settings.Introspection.Globus.Should().BeNull();
        settings.Identity.DefaultIssuer.Should().Be("idp-example");
        settings.NotEnforced.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Url", "http://idp.example/introspect")]
    [InlineData("Url", "https://user:canary@idp.example/introspect")]
    [InlineData("ClientId", "")]
    [InlineData("ClientSecret", "")]
    [InlineData("Alias", "Not An Alias")]
    [InlineData("Alias", "globus")]
    [InlineData("Alias", "local")]
    [InlineData("RequiredScope", "two scopes")]
    [InlineData("RequiredScope", "quo\"te")]
    public void A_wrong_value_stops_the_start(string name, string value) =>
        SettingsFor.Problem(_home, [.. Server().Where(pair => pair.Name != "Gateway__Introspection__" + name), ("Gateway__Introspection__" + name, value)])
            .Should().StartWith($"Gateway:Introspection:{name}: ").And.NotContain("canary");

    [Fact]
    public void A_client_without_server_stops_the_start() =>
        SettingsFor.Problem(_home, ("Gateway__Introspection__ClientId", "x")).Should().StartWith("Gateway:Introspection:Url: is required");

    [Theory]
    [InlineData("https://a.example", true)]
    [InlineData("https://idp.example/realms/x", false)]
    public void The_alias_of_a_jwt_issuer_can_be_shared_on_its_host_only(string authority, bool refused)
    {
        var outcome = SettingsFor.Load(
            _home,
            [
                .. Server(),
                ("Gateway__Jwt__Issuers__0__Authority", authority),
                ("Gateway__Jwt__Issuers__0__Audience", "g"),
                ("Gateway__Jwt__Issuers__0__Alias", "idp-example"),
            ]);

        outcome.Problems.Any(problem => problem.Message.Contains("the same Alias idp-example")).Should().Be(refused);
    }

    [Fact]
    public void The_secret_may_stand_in_a_file()
    {
        _home.Write("client-secret", "from-file\n");

        SettingsFor.Valid(
            _home,
            [.. Server().Where(pair => pair.Name != "Gateway__Introspection__ClientSecret"), ("Gateway__Introspection__ClientSecret_FILE", "client-secret")])
            .Introspection.ClientSecret.Should().Be("from-file");
    }

    private static (string Name, string Value)[] Server() =>
    [
        ("Gateway__Introspection__Url", "https://idp.example/introspect"),
        ("Gateway__Introspection__ClientId", "gateway"),
        ("Gateway__Introspection__ClientSecret", "secret"),
    ];
}
