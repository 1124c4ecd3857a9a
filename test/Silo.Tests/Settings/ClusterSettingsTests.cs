using System.Net;
using Gateway.Silo.Hosting;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Tests.Settings;

public sealed class ClusterSettingsTests : IDisposable
{
    private static readonly string Secret = new('s', 32);
    private static readonly (string, string)[] Complete =
    [
        ("REDIS_URL", "redis://redis.example"), ("DATABASE_URL", "postgres://u:p@db.example/gateway"), ("CLUSTER_SECRET", Secret), ("GATEWAY_ADMIN_KEY", new string('a', 32)),
    ];

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_redis_it_is_one_process()
    {
        var settings = SettingsFor.Valid(_home);

        settings.Cluster.IsClusterMode.Should().BeFalse();
        settings.Http.AdminUrls.Should().BeEmpty();
        settings.Drain.Accept.Should().Be(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("http://203.0.113.5:8000", "http://127.0.0.1:8000", false)]
    [InlineData("http://*:8000", "https://127.0.0.1:8000", false)]
    [InlineData(null, "http://127.0.0.1:8000", false)]
    [InlineData("http://203.0.113.5:8000;http://203.0.113.5:8001", "http://127.0.0.1:8002;http://127.0.0.1:8001", false)]
    [InlineData("http://203.0.113.5:8000", "http://127.0.0.1:8001", true)]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:8000", true)]
    [InlineData(null, "http://0.0.0.0:8000", true)]
    public void Admin_routes_cannot_be_given_the_port_of_a_public_address(string? open, string admin, bool isValid)
    {
        (string, string)[] settings = [("GATEWAY_ADMIN_URLS", admin), .. open is null ? [] : new[] { ("ASPNETCORE_URLS", open) }];

        if (isValid)
        {
            SettingsFor.Valid(_home, settings).Http.AdminUrls.Should().Equal(admin);
        }
        else
        {
            SettingsFor.Problem(_home, settings).Should().StartWith("GATEWAY_ADMIN_URLS: http").And.Contain("another port");
        }
    }

    [Theory]
    [InlineData("redis://[::1]:6380")]
    [InlineData("redis.example:6379,[2001:db8::1]:6379")]
    public void An_address_of_redis_that_the_engine_cannot_reach_is_told_before_the_start(string redis)
    {
        (string, string)[] settings = [("REDIS_URL", redis), .. Complete[1..]];
        var isReached = ClusterHostingExtensions.EngineName == "Orleans";

        var problem = isReached ? null : SettingsFor.Problem(_home, settings);

        problem?.Should().StartWith("REDIS_URL: ").And.Contain("IPv6");
        isReached.Should().Be(problem is null);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:0", "GATEWAY_ADMIN_URLS")]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0", "GATEWAY_ADMIN_URLS")]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:8001", "ASPNETCORE_URLS")]
    public void Routes_that_go_by_the_port_need_one_that_is_known(string open, string admin, string named) =>
        SettingsFor.Load(_home, ("ASPNETCORE_URLS", open), ("GATEWAY_ADMIN_URLS", admin)).Problems.Should().Contain(problem => problem.Setting == named && problem.Message.StartsWith("must say the port", StringComparison.Ordinal));

    [Theory]
    [InlineData("GATEWAY_ADMIN_URLS", ",")]
    [InlineData("ASPNETCORE_URLS", ";")]
    public void A_list_of_addresses_without_any_stops_the_start_instead_of_opening_others(string name, string value) =>
        SettingsFor.Problem(_home, [.. Complete, (name, value)]).Should().StartWith(name + ": ");

    [Fact]
    public void Redis_chooses_cluster_mode_with_admin_routes_of_their_own_and_time_for_balancers()
    {
        var settings = SettingsFor.Valid(_home, Complete);

        settings.Cluster.IsClusterMode.Should().BeTrue();
        settings.Http.AdminUrls.Should().Equal("http://127.0.0.1:8001");
        settings.Drain.Accept.Should().Be(TimeSpan.FromSeconds(5));
        settings.Silo.Should().BeEquivalentTo(new { Address = (IPAddress?)null, Port = 11111, GatewayPort = 30000 });
        settings.Silo.HttpUrls.Should().Equal("http://0.0.0.0:8081");
    }

    [Theory]
    [InlineData("DATABASE_URL")]
    [InlineData("CLUSTER_SECRET")]
    [InlineData("GATEWAY_ADMIN_KEY")]
    public void Each_setting_that_is_missing_then_is_named_in_one_line(string missing) =>
        SettingsFor.Problem(_home, [.. Complete.Where(setting => setting.Item1 != missing)]).Should().StartWith($"{missing}: is required in cluster mode (REDIS_URL is set): ");

    [Fact]
    public void A_secret_from_a_file_counts()
    {
        var file = _home.Write("secret", Secret);

        SettingsFor.Valid(_home, [.. Complete.Where(setting => setting.Item1 != "CLUSTER_SECRET"), ("CLUSTER_SECRET_FILE", file)]).Cluster.Secret.Should().Be(Secret);
    }

    [Theory]
    [InlineData("SILO_PORT", "0")]
    [InlineData("SILO_PORT", "70000")]
    [InlineData("SILO_GATEWAY_PORT", "x")]
    [InlineData("SILO_ADDRESS", "0.0.0.0")]
    [InlineData("SILO_ADDRESS", "::")]
    [InlineData("SILO_ADDRESS", "silo-1")]
    [InlineData("SILO_HTTP_URLS", "8081")]
    [InlineData("CLUSTER_SECRET", "short")]
    [InlineData("CLUSTER_ID", "a b")]
    public void Wrong_values_are_named(string name, string value) =>
        SettingsFor.Problem(_home, [.. Complete.Where(setting => setting.Item1 != name), (name, value)]).Should().StartWith(name + ": ");

    [Theory]
    [InlineData("Gateway__Cluster__AllowPlaintext")]
    [InlineData("Cluster__AllowPlaintext")]
    public void The_cluster_section_stands_below_the_gateways_or_beside_it(string name) =>
        SettingsFor.Valid(_home, [.. Complete, (name, "true")]).Cluster.AllowPlaintext.Should().BeTrue();

    [Fact]
    public void Tls_needs_all_three_files() =>
        SettingsFor.Problem(_home, [.. Complete, ("Gateway__Cluster__Tls__CertificateFile", "cert.pem"), ("Gateway__Cluster__Tls__CaFile", "ca.pem")])
            .Should().StartWith("Gateway:Cluster:Tls:KeyFile: is required together with");

    [Fact]
    public void Settings_that_are_local_to_a_process_leave_the_hash_alone_and_shared_ones_do_not()
    {
        var hash = Hash([.. Complete]);

        Hash([.. Complete, ("SILO_PORT", "12000"), ("ASPNETCORE_URLS", "http://127.0.0.1:1"), ("DATA_DIR", "elsewhere")]).Should().Be(hash);
        Hash([.. Complete, ("METIS_REFRESH_SECONDS", "31")]).Should().NotBe(hash);
        Hash([.. Complete, ("Gateway__Cluster__AllowPlaintext", "true")]).Should().NotBe(hash);
    }

    private string Hash((string, string)[] environment)
    {
        var settings = SettingsFor.Valid(_home, environment);
        return SettingsHash.Compute(settings.Layers, settings.Home, settings.Cluster.Secret);
    }
}
