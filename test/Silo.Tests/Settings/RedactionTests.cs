using System.Reflection;
using System.Text;
using Gateway.Silo.DataDirectories;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Catalog;

namespace Gateway.Silo.Tests.Settings;

public sealed class RedactionTests : IDisposable
{
    private const string Canary = "canary-0123456789-abcdefghij-0123456789";

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void No_printed_form_of_the_settings_holds_a_secret()
    {
        var settings = Secretive();
        using var data = DataDirectory.Open(settings.DataDirectory);
        NodeIdentity.Establish(settings, data);

        var printed = new StringBuilder();
        foreach (var property in typeof(GatewaySettings).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            printed.Append(property.GetValue(settings)).AppendLine();
        }

        printed.AppendJoin('\n', settings.Warnings).AppendJoin('\n', settings.NotEnforced).AppendJoin('\n', settings.WatchedSecrets);
        printed.Append(settings.Credentials.Find("a")).Append(settings.Node.SettingsHash);

        printed.ToString().Should().NotContain(Canary);
    }

    [Fact]
    public void A_manifest_source_prints_neither_authorization_nor_user_info() =>
        Secretive().Manifest.Sources.Should().ContainSingle().Which.ToString().Should().Contain("host.example").And.NotContain(Canary)
            .And.NotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"u:{Canary}")));

    [Fact]
    public void Every_setting_that_sounds_secret_is_treated_as_one() =>
        SettingCatalog.All.Where(setting => setting.Name.Contains("SECRET", StringComparison.OrdinalIgnoreCase)
                || setting.Name.EndsWith("_KEY", StringComparison.Ordinal) || setting.Name.Contains("TOKEN", StringComparison.Ordinal)
                || setting.Name is "REDIS_URL" or "DATABASE_URL" or "METIS_API_HEADERS" or "METIS_STATUS_AUTHORIZATION")
            .Should().OnlyContain(setting => setting.Secret);

    private GatewaySettings Secretive()
    {
        _home.Write("tokens", $$"""{"a":"{{Canary}}"}""");
        return SettingsFor.Valid(
            _home,
            ("METIS_STATUS_URL", $"https://u:{Canary}@host.example/status.json"),
            ("METIS_API_TOKENS_FILE", "tokens"),
            ("METIS_API_HEADERS", $$$"""{"a":{"x-secret":"{{{Canary}}}"}}"""),
            ("GATEWAY_ADMIN_KEY", Canary),
            ("CLUSTER_SECRET", Canary),
            ("DATABASE_URL", $"postgres://u:{Canary}@db.example/gateway"),
            ("GLOBUS_APPLICATION_SECRET", Canary),
            ("HTTPS_PROXY", $"http://u:{Canary}@proxy.example:3128"),
            ("METIS_API_TOKENX", Canary));
    }
}
