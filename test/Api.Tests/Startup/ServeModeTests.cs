using Gateway.Api.Startup;
using Gateway.Silo;
using Gateway.Silo.DataDirectories;
using Gateway.Testing;

namespace Gateway.Api.Tests.Startup;

public sealed class ServeModeTests : IDisposable
{
    private readonly TempFolder _home = new();
    private readonly DataDirectory _data;

    public ServeModeTests() => _data = DataDirectory.Open(Path.Combine(_home.Path, "data"));

    public void Dispose()
    {
        _data.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Without_a_manifest_the_demo_is_served() => IsDemo().Should().BeTrue();

    [Fact]
    public void No_other_setting_matters() =>
        IsDemo(("METIS_API_TOKENS", """{"a":"k"}"""), ("GATEWAY_ADMIN_KEY", new string('k', 32)), ("GATEWAY_PRIVATE_UPSTREAMS", "deny"), ("METIS_OVERLAY", "o.json"))
            .Should().BeTrue();

    [Fact]
    public void With_a_manifest_it_is_not() => IsDemo(("METIS_STATUS_URL", "http://h/s.json")).Should().BeFalse();

    [Fact]
    public void Switched_off_the_missing_setting_is_named() =>
        this.Invoking(it => it.IsDemo(("GATEWAY_DEMO", "off"))).Should().Throw<StartException>().WithMessage("METIS_STATUS_URL is not set*");

    [Fact]
    public void A_folder_that_served_a_manifest_never_falls_back_to_the_demo()
    {
        _data.MarkManifestHeld();

        this.Invoking(it => it.IsDemo()).Should().Throw<StartException>().WithMessage($"METIS_STATUS_URL is not set, but {_data.Path}*");
        IsDemo(("METIS_STATUS_URL", "http://h/s.json")).Should().BeFalse();
    }

    private bool IsDemo(params (string Name, string Value)[] environment) => ServeMode.IsDemo(SettingsOf.Load(_home.Path, environment), _data);
}
