using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Settings;

public sealed class SettingsHashTests : IDisposable
{
    private const string Secret = "0123456789-0123456789-0123456789";

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Addresses_ports_and_folders_may_differ()
    {
        Hash(("DATA_DIR", "a"), ("ASPNETCORE_URLS", "http://127.0.0.1:1"), ("GATEWAY_LOG_FILE", "x")).Should().Be(Hash(("DATA_DIR", "b")));
    }

    [Fact]
    public void Everything_shared_counts_and_so_does_the_secret()
    {
        var plain = Hash(("METIS_API_TOKENS", """{"a":"k1"}"""));

        Hash(("METIS_API_TOKENS", """{"a":"k2"}""")).Should().NotBe(plain);
        Hash(("METIS_API_TOKENS", """{"a":"k1"}"""), ("Gateway__Drain__MaxSeconds", "1")).Should().NotBe(plain);
        SettingsHash.Compute(Load(("METIS_API_TOKENS", """{"a":"k1"}""")).Layers, Load().Home, Secret + "x").Should().NotBe(plain);
    }

    [Fact]
    public void A_default_written_out_and_a_secret_in_a_file_change_nothing()
    {
        _home.Write("tokens", """{"a":"k1"}""" + "\n");

        Hash(("METIS_REFRESH_SECONDS", "30")).Should().Be(Hash());
        Hash(("METIS_API_TOKENS_FILE", "tokens")).Should().Be(Hash(("METIS_API_TOKENS", """{"a":"k1"}""")));
    }

    private GatewaySettings Load(params (string Name, string Value)[] environment) => SettingsFor.Valid(_home, environment);

    private string Hash(params (string Name, string Value)[] environment)
    {
        var settings = Load(environment);
        return SettingsHash.Compute(settings.Layers, settings.Home, Secret);
    }
}
