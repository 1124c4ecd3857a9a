using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Tests.Settings;

namespace Gateway.Silo.Tests.Secrets;

/// <summary>Every secret that has an effect may stand in a file; new content of the file is in force without a restart, unless the documentation says so.</summary>
public sealed class EverySecretFileTests : IDisposable
{
    private static readonly string[] OnlyAtTheStart = ["CLUSTER_SECRET", "REDIS_URL"];

    // Its password leaves the program for a database only: DatabaseSettingsTests, PostgresTargetTests.
    private const string Database = "DATABASE_URL";

    private static readonly (string Setting, string Old, string New, Func<GatewaySettings, string?> InForce)[] Rotations =
    [
        ("METIS_STATUS_AUTHORIZATION", "Bearer old", "Bearer new", settings => settings.Manifest.Sources[0].Authorization),
        ("METIS_API_TOKENS", """{"a":"old"}""", """{"a":"new"}""", settings => settings.Credentials.Find("a")?.Keys[0]),
        ("METIS_API_HEADERS", """{"a":{"X":"old"}}""", """{"a":{"X":"new"}}""", settings => settings.Credentials.Find("a")?.Headers["X"]),
        ("GATEWAY_ADMIN_KEY", new string('o', 40), new string('n', 40), settings => settings.Identity.AdminKey),
        ("HTTPS_PROXY", "http://u:old@proxy:8", "http://u:new@proxy:8", settings => settings.Proxy.Credentials?.Password),
        ("Gateway:Introspection:ClientSecret", "old", "new", settings => settings.Introspection.ClientSecret),
        ("GLOBUS_APPLICATION_SECRET", "old", "new", settings => settings.Introspection.ClientSecret),
    ];

    private readonly TemporaryFolder _home = new();

    public static TheoryData<string> Settings => [.. Rotations.Select(rotation => rotation.Setting)];

    public void Dispose() => _home.Dispose();

    [Fact]
    public void None_is_forgotten() =>
        SettingCatalog.All.Where(setting => setting is { Secret: true, Support: SettingSupport.Supported }).Select(setting => setting.Name)
            .Should().BeEquivalentTo(Rotations.Select(rotation => rotation.Setting).Concat(OnlyAtTheStart).Append(Database));

    [Theory, MemberData(nameof(Settings))]
    public void New_content_is_in_force_and_content_that_is_no_good_changes_nothing(string name)
    {
        var (_, before, after, inForce) = Rotations.Single(rotation => rotation.Setting == name);
        _home.Write("secret", before + "\n");
        var settings = Load(name);
        var watched = settings.WatchedSecrets.Should().ContainSingle(watched => watched.Setting == name).Which;
        inForce(settings).Should().Contain(before.Contains("old", StringComparison.Ordinal) ? "old" : before);

        watched.Apply(after).Should().BeNull();

        inForce(settings).Should().Contain(after.Contains("new", StringComparison.Ordinal) ? "new" : after);
        if (name is not ("METIS_STATUS_AUTHORIZATION" or "Gateway:Introspection:ClientSecret" or "GLOBUS_APPLICATION_SECRET"))
        {
            // The first half of a file that is just being written.
            watched.Apply(after[..4]).Should().NotBeNull().And.NotContain(after[..4]);
            inForce(settings).Should().Contain(after.Contains("new", StringComparison.Ordinal) ? "new" : after);
        }
    }

    [Fact]
    public void Another_proxy_needs_a_restart()
    {
        _home.Write("secret", "http://u:old@proxy:8");
        var settings = Load("HTTPS_PROXY");

        settings.WatchedSecrets.Single(watched => watched.Setting == "HTTPS_PROXY").Apply("http://u:new@other:8").Should().Contain("restart");

        settings.Proxy.Credentials!.Password.Should().Be("old");
    }

    private GatewaySettings Load(string name)
    {
        var file = (name.Replace(":", "__", StringComparison.Ordinal) + "_FILE", "secret");
        (string, string)[] others = name switch
        {
            "METIS_STATUS_AUTHORIZATION" => [("METIS_STATUS_URL", "https://host.example/status.json")],
            "Gateway:Introspection:ClientSecret" => [("Gateway__Introspection__Url", "https://as.example/introspect"), ("Gateway__Introspection__ClientId", "client")],
            "GLOBUS_APPLICATION_SECRET" => [("GLOBUS_APPLICATION_ID", "11111111-2222-3333-4444-555555555555"), ("AUTHORIZED_IDP_DOMAINS", "example.org")],
            _ => [],
        };
        return SettingsFor.Valid(_home, [file, .. others]);
    }
}
