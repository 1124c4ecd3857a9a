using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Settings;

public sealed class UpstreamProxyOptionsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("http://proxy.example:3128")]
    [InlineData("proxy.example:3128")]
    [InlineData("http://user:p%40ss@proxy.example:3128/")]
    public void The_address_has_no_credentials(string value)
    {
        var proxy = SettingsFor.Valid(_home, ("HTTPS_PROXY", value)).Proxy;

        proxy.Address.Should().Be(new Uri("http://proxy.example:3128"));
        proxy.Credentials?.Password.Should().Be("p@ss");
        proxy.ToString().Should().NotContain("p@ss");
    }

    [Fact]
    public void The_lower_case_name_works_too() =>
        SettingsFor.Valid(_home, ("https_proxy", "http://proxy.example:3128")).Proxy.Address.Should().NotBeNull();

    [Theory]
    [InlineData("https://api.example.org/v1", "", true)]
    [InlineData("http://api.example.org/v1", "", false)]
    [InlineData("https://127.0.0.1:9/v1", "", false)]
    [InlineData("https://localhost/v1", "", false)]
    [InlineData("https://api.example.org/v1", "*", false)]
    [InlineData("https://api.example.org/v1", "other.org, example.org", false)]
    [InlineData("https://api.example.org/v1", ".example.org", false)]
    [InlineData("https://api.example.org/v1", "*.example.org", false)]
    [InlineData("https://badexample.org/v1", "example.org", true)]
    [InlineData("https://api.example.org:8443/v1", "example.org:443", true)]
    [InlineData("https://api.example.org/v1", "example.org:443", false)]
    [InlineData("https://10.1.2.3/v1", "10.0.0.0/8", false)]
    [InlineData("https://11.1.2.3/v1", "10.0.0.0/8", true)]
    [InlineData("https://10.1.2.3/v1", "10.1.2.3", false)]
    public void Exceptions_are_those_of_the_usual_tools(string upstream, string noProxy, bool proxied) =>
        (SettingsFor.Valid(_home, ("HTTPS_PROXY", "http://proxy.example:3128"), ("NO_PROXY", noProxy)).Proxy.ProxyFor(new Uri(upstream)) is not null)
            .Should().Be(proxied);
}
