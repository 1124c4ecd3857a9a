using Gateway.Grains.Manifests;

namespace Gateway.Grains.Tests.Manifests;

public sealed class ManifestOptionsValidatorTests
{
    [Fact]
    public void Sound_settings_pass() => Problems(_ => { }).Should().BeNull();

    [Fact]
    public void Each_wrong_setting_is_named()
    {
        Problems(options => options.Sources = []).Should().Contain("METIS_STATUS_URL");
        Problems(options => options.Sources = [Source("a", "ftp://h/x")]).Should().Contain("METIS_STATUS_URL");
        Problems(options => options.Sources = [Source("a", "https://user:canary@h/x")]).Should().Contain("METIS_STATUS_URL").And.NotContain("canary");
        Problems(options => options.Sources = [Source("a", "https://h/x"), Source("a", "https://h/y")]).Should().Contain("same name");
        Problems(options => options.OverlayPath = "relative.json").Should().Contain("METIS_OVERLAY");
        Problems(options => options.RefreshPeriod = TimeSpan.Zero).Should().Contain("METIS_REFRESH_SECONDS");
        Problems(options => options.FetchTimeout = TimeSpan.FromHours(1)).Should().Contain("METIS_TIMEOUT_SECONDS");
        Problems(options => options.DefaultIssuer = "https://idp").Should().Contain("GATEWAY_DEFAULT_ISSUER");
    }

    private static string? Problems(Action<ManifestOptions> change)
    {
        var options = new ManifestOptions { Sources = [Source("metis", "https://status.example/status.json")] };
        change(options);
        return new ManifestOptionsValidator().Validate(null, options).FailureMessage;
    }

    private static ManifestSource Source(string name, string url) => new(name, new Uri(url), null);
}
