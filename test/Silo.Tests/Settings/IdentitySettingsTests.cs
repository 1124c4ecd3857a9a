namespace Gateway.Silo.Tests.Settings;

public sealed class IdentitySettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Issuers_have_defaults_and_the_first_is_the_default_issuer()
    {
        var identity = SettingsFor.Valid(
            _home,
            ("Gateway__Jwt__Issuers__0__Authority", "https://login.example.org/realms/x"),
            ("Gateway__Jwt__Issuers__0__Audience", "gateway"),
            ("Gateway__Jwt__Issuers__1__Authority", "http://127.0.0.1:9000"),
            ("Gateway__Jwt__Issuers__1__Audience", "gateway"),
            ("Gateway__Jwt__Issuers__1__Alias", "lab"),
            ("Gateway__Jwt__Issuers__1__GroupsClaim", "entitlements")).Identity;

        identity.JwtIssuers.Select(issuer => issuer.Alias).Should().Equal("login-example-org", "lab");
        identity.JwtIssuers[0].UserClaim.Should().Be("sub");
        identity.JwtIssuers[1].GroupsClaim.Should().Be("entitlements");
        identity.DefaultIssuer.Should().Be("login-example-org");
    }

    [Fact]
    public void Without_issuers_plain_names_belong_to_local() => SettingsFor.Valid(_home).Identity.DefaultIssuer.Should().Be("local");

    [Fact]
    public void The_manifest_qualifies_groups_with_the_same_issuer() =>
        SettingsFor.Valid(
            _home,
            ("Gateway__Jwt__Issuers__0__Authority", "https://a.example"),
            ("Gateway__Jwt__Issuers__0__Audience", "g"),
            ("GATEWAY_DEFAULT_ISSUER", "local")).Manifest.DefaultIssuer.Should().Be("local");

    [Fact]
    public void An_unknown_default_issuer_stops_the_start() =>
        SettingsFor.Problem(_home, ("GATEWAY_DEFAULT_ISSUER", "elsewhere")).Should().StartWith("GATEWAY_DEFAULT_ISSUER: must be one of local");

    [Theory]
    [InlineData("http://login.example.org", "gateway", "x", "Gateway:Jwt:Issuers:0:Authority")]
    [InlineData("login.example.org", "gateway", "x", "Gateway:Jwt:Issuers:0:Authority")]
    [InlineData("https://login.example.org", "", "x", "Gateway:Jwt:Issuers:0:Audience")]
    [InlineData("https://login.example.org", "gateway", "https://x", "Gateway:Jwt:Issuers")]
    [InlineData("https://login.example.org", "gateway", "globus", "Gateway:Jwt:Issuers")]
    public void An_incomplete_issuer_stops_the_start(string authority, string audience, string alias, string named) =>
        SettingsFor.Problem(
            _home,
            ("Gateway__Jwt__Issuers__0__Authority", authority),
            ("Gateway__Jwt__Issuers__0__Audience", audience),
            ("Gateway__Jwt__Issuers__0__Alias", alias)).Should().StartWith(named + ": ");

    [Theory]
    [InlineData("GATEWAY_ADMIN_KEY")]
    [InlineData("CLUSTER_SECRET")]
    public void A_short_secret_stops_the_start_and_is_not_quoted(string name) =>
        SettingsFor.Problem(_home, (name, "canary-short")).Should().StartWith(name + ": must have at least 32 characters").And.NotContain("canary");

    [Fact]
    public void A_secret_may_come_from_a_file()
    {
        var path = _home.Write("key", new string('k', 40) + "\n");

        SettingsFor.Valid(_home, ("GATEWAY_ADMIN_KEY_FILE", "key")).Identity.AdminKey.Should().Be(new string('k', 40));
        SettingsFor.Problem(_home, ("GATEWAY_ADMIN_KEY_FILE", "no-such-file")).Should().StartWith("GATEWAY_ADMIN_KEY_FILE: the file ").And.EndWith("does not exist");
        SettingsFor.Problem(_home, ("GATEWAY_ADMIN_KEY_FILE", path), ("GATEWAY_ADMIN_KEY", new string('x', 32))).Should().Contain("set only one of them");
    }

    [Fact]
    public void A_stronger_layer_replaces_a_file_by_a_value()
    {
        _home.Write(".env", "GATEWAY_ADMIN_KEY_FILE=no-such-file");

        SettingsFor.Valid(_home, ("GATEWAY_ADMIN_KEY", new string('x', 32))).Identity.AdminKey.Should().Be(new string('x', 32));
    }
}
