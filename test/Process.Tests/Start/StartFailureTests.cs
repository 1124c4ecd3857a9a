using System.Net.Sockets;

namespace Gateway.Process.Start;

public sealed class StartFailureTests
{
    private const string Manifest = """{"one":{"status":"Live","experts":["m"],"url":"http://127.0.0.1:9/v1","endpoint_id":"account"}}""";
    private const string Tokens = """{"account":"sk-account"}""";

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        var port = FreePort.Next();
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();

        await ExpectOneLineAsync(new() { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}", ["METIS_API_TOKENS"] = Tokens }, $"{port}", Manifest);
    }

    [Theory]
    [InlineData("METIS_API_TOKENS", "{not json")]
    [InlineData("METIS_API_TOKENS", """{"account":7}""")]
    [InlineData("METIS_API_HEADERS", "[]")]
    [InlineData("METIS_REFRESH_SECONDS", "soon")]
    [InlineData("METIS_STATUS_URL", "ftp://example.org/status.json")]
    [InlineData("GATEWAY_ADMIN_KEY", "too-short")]
    [InlineData("CLUSTER_SECRET", "too-short")]
    [InlineData("REDIS_URL", "ftp://user:secret@127.0.0.1:6379")]
    public async Task A_wrong_setting_is_named_in_one_line_without_its_value(string name, string value)
    {
        var line = await ExpectOneLineAsync(new() { ["METIS_API_TOKENS"] = Tokens, [name] = value }, name, name == "METIS_STATUS_URL" ? null : Manifest);

        if (name != "METIS_STATUS_URL" && name != "METIS_REFRESH_SECONDS")
        {
            line.Should().NotContain(value);
        }
    }

    [Fact]
    public async Task No_manifest_and_no_demo_names_the_setting_that_is_missing() =>
        await ExpectOneLineAsync(new() { ["GATEWAY_DEMO"] = "off" }, "METIS_STATUS_URL", manifest: null);

    [Fact]
    public async Task An_unknown_name_is_warned_about_with_the_nearest_one()
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = Manifest,
            Environment = { ["METIS_API_TOKENS"] = Tokens, ["METIS_API_TOKEN"] = "{}" },
        });

        gateway.Output.Split('\n').Should().Contain(line => line.Contains("METIS_API_TOKEN", StringComparison.Ordinal) && line.Contains("METIS_API_TOKENS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_key_is_told_by_check_and_in_the_log()
    {
        using var home = new TempFolder();
        var setup = new GatewaySetup { Home = home, Manifest = Manifest, Environment = { ["METIS_API_TOKENS"] = "{}" } };
        await using var check = GatewayProcess.Launch(setup with { Arguments = ["check"] });

        (await check.Process.ExitAsync(TimeSpan.FromSeconds(60))).Should().Be(1);

        check.Output.Should().Contain("one").And.Contain("account").And.Contain("METIS_API_TOKENS");
        await using var gateway = GatewayProcess.Launch(setup);
        await Eventually.TrueAsync(
            () => gateway.Output.Split('\n').Any(line => line.Contains("metis", StringComparison.Ordinal) && line.Contains("account", StringComparison.Ordinal) && line.Contains("METIS_API_TOKENS", StringComparison.Ordinal)),
            "the log names the account without a key");
    }

    private static async Task<string> ExpectOneLineAsync(Dictionary<string, string> environment, string named, string? manifest)
    {
        await using var gateway = GatewayProcess.Launch(new GatewaySetup { Manifest = manifest, Environment = environment });

        (await gateway.Process.ExitAsync(TimeSpan.FromSeconds(60))).Should().Be(1, gateway.Output);

        gateway.Output.Should().NotContain("   at ", "a stack trace helps no operator");
        var lines = gateway.Process.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().ContainSingle(gateway.Output).Which.Should().Contain(named);
        return lines[0];
    }
}
