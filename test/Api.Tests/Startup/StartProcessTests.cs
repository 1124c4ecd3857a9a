using System.Net.Sockets;
using Gateway.Testing;
using Gateway.Testing.Processes;

namespace Gateway.Api.Tests.Startup;

/// <summary>The built program as an operator meets it.</summary>
public sealed class StartProcessTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task It_serves_says_where_and_ends_on_a_signal_with_code_0()
    {
        await using var gateway = await ServeAsync(_home);

        gateway.Output.Should().Contain(gateway.Origin).And.Contain(_home.Path);
        (await gateway.StopAsync()).Should().Be(0);
        gateway.Output.Should().NotContain("   at ");
    }

    [Fact]
    public async Task A_second_process_on_one_data_directory_is_refused_in_one_line()
    {
        await using var first = await ServeAsync(_home);
        await using var second = GatewayProcess.Launch(new GatewaySetup { Home = _home });

        await ExpectFailureAsync(second, Path.Combine(_home.Path, "data"));
    }

    [Fact]
    public async Task A_taken_port_is_named_in_one_line()
    {
        var port = FreePort.Next();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, port);
        taken.Start();
        await using var gateway = GatewayProcess.Launch(new GatewaySetup { Home = _home, Environment = { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" } });

        await ExpectFailureAsync(gateway, $"http://127.0.0.1:{port} is taken");
    }

    [Fact]
    public async Task An_unknown_argument_is_named_in_one_line()
    {
        await using var gateway = GatewayProcess.Launch(new GatewaySetup { Home = _home, Arguments = ["--prot", "80"] });

        await ExpectFailureAsync(gateway, "--prot");
    }

    [Fact]
    public async Task An_admin_key_made_at_the_first_start_is_not_written_into_a_log()
    {
        await using var gateway = await ServeAsync(_home, withAdminKey: false);

        var key = (await File.ReadAllTextAsync(Path.Combine(_home.Path, "data", "admin-key"))).Trim();
        gateway.Output.Should().Contain("admin-key").And.NotContain(key);
    }

    [Fact]
    public async Task The_log_file_gets_what_the_console_gets()
    {
        await using var gateway = await ServeAsync(_home, ("GATEWAY_LOG_FILE", "logs/gateway.log"));

        await Eventually.TrueAsync(() => File.ReadAllText(Path.Combine(_home.Path, "logs", "gateway.log")).Contains(gateway.Origin), "the log file tells the address");
    }

    private static Task<GatewayProcess> ServeAsync(TempFolder home, params (string Name, string Value)[] environment) => ServeAsync(home, true, environment);

    private static async Task<GatewayProcess> ServeAsync(TempFolder home, bool withAdminKey, params (string Name, string Value)[] environment)
    {
        var gateway = GatewayProcess.Launch(new GatewaySetup
        {
            Home = home,
            WithAdminKey = withAdminKey,
            Environment = environment.ToDictionary(pair => pair.Name, pair => pair.Value),
        });
        await Eventually.TrueAsync(() => gateway.Output.Contains("Serving: ") || gateway.Process.HasExited, "it serves", Bound);
        gateway.Process.HasExited.Should().BeFalse(gateway.Output);
        return gateway;
    }

    private static async Task ExpectFailureAsync(GatewayProcess gateway, string named)
    {
        (await gateway.Process.ExitAsync(Bound)).Should().Be(1);
        gateway.Process.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle(gateway.Output).Which.Should().Contain(named);
        gateway.Output.Should().NotContain("   at ");
    }
}
