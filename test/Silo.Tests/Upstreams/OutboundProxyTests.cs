using System.Net;
using Gateway.Silo.Checking;
using Gateway.Silo.Hosting;
using Gateway.Silo.Tests.Settings;
using Gateway.Testing.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Silo.Tests.Upstreams;

/// <summary>The proxy of the settings for what is fetched beside upstreams. Nothing of it stands in the process environment.</summary>
public sealed class OutboundProxyTests : IDisposable
{
    private const string Manifest = "https://manifest.example/status.json";
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_manifest_is_fetched_through_the_proxy_that_only_the_env_file_names()
    {
        await using var proxy = ConnectProxy.To(1);
        _home.Write(".env", $"HTTPS_PROXY={proxy.Url}\nMETIS_STATUS_URL={Manifest}");

        await ManifestCheck.RunAsync(SettingsFor.Valid(_home), TimeProvider.System, TestContext.Current.CancellationToken);

        proxy.Targets.Should().Contain("manifest.example:443");
    }

    [Theory]
    [InlineData("https://manifest.example/", "", true)]
    [InlineData("https://10.1.2.3/", "", true)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/8", false)]
    [InlineData("https://manifest.example/", ".example", false)]
    [InlineData("http://manifest.example/", "", false)]
    [InlineData("https://localhost/", "", false)]
    public void It_holds_for_the_addresses_that_it_holds_for_with_upstreams(string address, string exceptions, bool isProxied)
    {
        _home.Write(".env", $"HTTPS_PROXY=http://user:secret@proxy.example:3128\nNO_PROXY={exceptions}\nMETIS_STATUS_URL={Manifest}");
        using var services = new ServiceCollection().AddGatewaySettings(SettingsFor.Valid(_home)).BuildServiceProvider();

        var proxy = services.GetRequiredService<IWebProxy>();

        proxy.IsBypassed(new Uri(address)).Should().Be(!isProxied);
        proxy.GetProxy(new Uri(address)).Should().Be(isProxied ? new Uri("http://proxy.example:3128") : null);
        proxy.Credentials!.GetCredential(new Uri("http://proxy.example:3128"), "Basic")!.Password.Should().Be("secret");
    }
}
