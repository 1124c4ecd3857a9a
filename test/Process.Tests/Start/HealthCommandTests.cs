using Gateway.Process.Rigs;

namespace Gateway.Process.Start;

/// <summary>The health check of the images: the program asks a running one.</summary>
public sealed class HealthCommandTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("/health/ready", 0, "200")]
    [InlineData("/health/live", 0, "200")]
    [InlineData("/no/such/route", 1, "404")]
    public async Task It_ends_with_the_verdict_and_one_line(string path, int exitCode, string said)
    {
        var (code, output) = await ExternalTool.RunAsync("dotnet", [GatewaySetup.Program, "--health", shared.Gateway.Origin + path]);

        code.Should().Be(exitCode);
        output.Should().Be($"{shared.Gateway.Origin}{path}: {said}\n");
    }

    [Fact]
    public async Task Nobody_there_is_unhealthy() =>
        (await ExternalTool.RunAsync("dotnet", [GatewaySetup.Program, "--health", $"http://127.0.0.1:{FreePort.Next()}/health/ready"])).ExitCode.Should().Be(1);

    [Fact]
    public async Task It_needs_no_settings_and_touches_no_data()
    {
        using var empty = new TempFolder();
        var environment = new Dictionary<string, string> { ["GATEWAY_HOME"] = empty.Path, ["DATA_DIR"] = empty.File("data"), ["GATEWAY_DEMO"] = "off", ["CLUSTER_SECRET"] = "short" };

        (await ExternalTool.RunAsync("dotnet", [GatewaySetup.Program, "--health", shared.Gateway.Origin + "/health/live"], environment)).ExitCode.Should().Be(0);

        Directory.EnumerateFileSystemEntries(empty.Path).Should().BeEmpty();
    }
}
