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

    [Theory]
    [InlineData("GATEWAY_ACCESS", "{}", """{"default":"deny"}""")]
    [InlineData("GATEWAY_LIMITS", """{"user:a":{"concurrency":1}}""", """{"user:a":{"concurrency":2}}""")]
    public void A_document_counts_by_what_it_says_and_not_by_where_it_lies(string setting, string one, string two)
    {
        _home.Write("one", one + "\n");
        _home.Write("moved/one", one);
        _home.Write("two", two);

        Hash((setting, "two")).Should().NotBe(Hash((setting, "one")));
        Hash((setting, "moved/one")).Should().Be(Hash((setting, "one")));
        Hash((setting, one)).Should().Be(Hash((setting, "one")));
    }

    [Theory]
    [InlineData("METIS_API_TOKENS_FILE", """{"a":"k1"}""", """{"a":"k2"}""")]
    [InlineData("GATEWAY_ACCESS", "{}", """{"default":"deny"}""")]
    public void What_a_watch_took_over_counts_as_in_a_process_that_starts_afterwards(string setting, string before, string after)
    {
        _home.Write("file", before);
        _home.Write("other", "postgres-or-anything-that-is-read-once-32-characters");
        var environment = ((string, string)[])[(setting, "file"), ("CLUSTER_SECRET_FILE", "other")];
        var running = Followed(environment);
        var first = running.Node.SettingsHash;

        running.WatchedSecrets.Single(secret => secret.FilePath.EndsWith("file", StringComparison.Ordinal)).Apply("{broken").Should().NotBeNull();
        running.Node.SettingsHash.Should().Be(first);

        _home.Write("file", after);
        running.WatchedSecrets.Single(secret => secret.FilePath.EndsWith("file", StringComparison.Ordinal)).Apply(after + "\n").Should().BeNull();
        running.Node.SettingsHash.Should().NotBe(first).And.Be(Followed(environment).Node.SettingsHash).And.Be(running.Manifest.SettingsHash);
    }

    [Fact]
    public void A_file_that_is_read_at_the_start_only_counts_as_it_was_then()
    {
        _home.Write("tokens", """{"a":"k1"}""");
        _home.Write("secret", new string('1', 32));
        var environment = ((string, string)[])[("METIS_API_TOKENS_FILE", "tokens"), ("CLUSTER_SECRET_FILE", "secret")];
        var (running, before) = (Followed(environment), Followed(environment));

        _home.Write("secret", new string('2', 32));
        running.WatchedSecrets.Single().Apply("""{"a":"k2"}""");
        before.WatchedSecrets.Single().Apply("""{"a":"k2"}""");

        var starting = Followed(environment);
        starting.WatchedSecrets.Single().Apply("""{"a":"k2"}""");
        running.Node.SettingsHash.Should().Be(before.Node.SettingsHash).And.NotBe(starting.Node.SettingsHash);
    }

    private GatewaySettings Followed(params (string Name, string Value)[] environment)
    {
        var settings = Load(environment);
        LiveSettingsHash.Follow(settings);
        return settings;
    }

    private GatewaySettings Load(params (string Name, string Value)[] environment) => SettingsFor.Valid(_home, environment);

    private string Hash(params (string Name, string Value)[] environment)
    {
        var settings = Load(environment);
        return SettingsHash.Compute(settings.Layers, settings.Home, Secret);
    }
}
