using System.Text.RegularExpressions;
using Gateway.Process.Rigs;

namespace Gateway.Process.Start;

public sealed class DemoStartTests
{
    [Fact]
    public async Task It_serves_without_any_setting_and_a_second_start_keeps_the_key()
    {
        using var home = new TempFolder();
        var setup = new GatewaySetup { Home = home, WithAdminKey = false };
        string first;
        await using (var gateway = await GatewayProcess.StartAsync(setup))
        {
            first = Key(gateway);
            using var response = await gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(await DemoModelAsync(gateway, first)), first);
            (await response.ContentAsync()).Should().NotBeEmpty();
            response.Header("x-gateway-demo").Should().Be("1");
            (await gateway.StopAsync()).Should().Be(0);
        }

        await using var again = await GatewayProcess.StartAsync(setup);
        Key(again).Should().Be(first);
        using var second = await again.PostAsync("/v1/chat/completions", Callers.ChatBody(await DemoModelAsync(again, first)), first);
        await second.ContentAsync();
    }

    [Fact]
    public async Task The_printed_commands_work_as_printed()
    {
        var bash = ExternalTool.Require("bash");
        ExternalTool.Require("curl");
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup { WithAdminKey = false });
        var commands = PrintedCommands(gateway);
        commands.Should().NotBeEmpty(gateway.Output);

        foreach (var command in commands)
        {
            await using var shell = ChildProcess.Start(bash, ["-c", "set -e\n" + command]);
            (await shell.ExitAsync(Eventually.DefaultBound)).Should().Be(0, "{0}\n{1}", command, shell.AllOutput);
            shell.StandardOutput.Should().NotContain("\"error\"").And.MatchRegex("demo|data:|object");
        }
    }

    [Fact]
    public async Task It_serves_by_dotnet_run_from_the_repository()
    {
        using var home = new TempFolder();
        var origin = $"http://127.0.0.1:{FreePort.Next()}";
        var environment = new Dictionary<string, string> { ["GATEWAY_HOME"] = home.Path, ["ASPNETCORE_URLS"] = origin };
        var configuration = GatewaySetup.Program.Contains("release", StringComparison.Ordinal) ? "Release" : "Debug";
        await using var run = ChildProcess.Start("dotnet", ["run", "--no-build", "-c", configuration, "--project", "src/Api"], environment, RepositoryRoot.Path);
        using var client = new HttpClient();

        await Eventually.TrueAsync(
            async () =>
            {
                run.HasExited.Should().BeFalse(run.AllOutput);
                try
                {
                    using var answer = await client.GetAsync(origin + "/health/ready");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "it is ready",
            TimeSpan.FromSeconds(60));
        File.Exists(home.File("data/demo-key")).Should().BeTrue();
    }

    private static string Key(GatewayProcess gateway) =>
        Regex.Match(gateway.Output, "gw-[0-9A-Za-z]+", RegexOptions.NonBacktracking) is { Success: true } match ? match.Value : throw new InvalidOperationException("No key was printed:\n" + gateway.Output);

    /// <summary>Every printed line that begins with <c>curl</c>, with the lines that continue it.</summary>
    private static List<string> PrintedCommands(GatewayProcess gateway)
    {
        var commands = new List<string>();
        var lines = gateway.Process.StandardOutput.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (!lines[at].TrimStart().StartsWith("curl ", StringComparison.Ordinal))
            {
                continue;
            }

            var command = lines[at].Trim();
            while (command.EndsWith('\\') && at + 1 < lines.Length)
            {
                command = command[..^1] + " " + lines[++at].Trim();
            }

            commands.Add(command);
        }

        return commands;
    }

    private static async Task<string> DemoModelAsync(GatewayProcess gateway, string key)
    {
        using var models = await gateway.GetAsync("/v1/models", key);
        return (await models.JsonAsync())["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()).First(id => id.StartsWith("demo-", StringComparison.Ordinal));
    }
}
