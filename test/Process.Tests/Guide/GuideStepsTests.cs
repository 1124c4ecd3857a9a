using Gateway.Testing.Guide;
using Gateway.Process.Rigs;

namespace Gateway.Process.Guide;

public sealed class GuideStepsTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task The_printed_env_file_in_the_repository_root_and_the_printed_curl_work(bool severalLines)
    {
        var bash = ExternalTool.Require("bash");
        ExternalTool.Require("curl");
        await using var providers = new ProviderDouble();
        await using var host = Testing.ManifestHosts.ObjectStore.Start(GuideText.FirstManifest);
        using var repository = new TempFolder();
        repository.Write("Orleans.sln", "");
        repository.Write("src/Api/Api.csproj", "<Project />");
        var dotEnv = GuideText.DotEnv.Replace("http://your-server:8055", host.Origin, StringComparison.Ordinal);
        if (severalLines)
        {
            dotEnv = string.Join('\n', dotEnv.Split('\n').Where(line => !line.StartsWith("METIS_API_TOKENS", StringComparison.Ordinal))) + "\n" + GuideText.DotEnvTokens;
        }

        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = repository,
            WorkingFolder = "src/Api",
            DotEnv = dotEnv,
            Environment = providers.Environment,
        });
        var printed = GuideText.Curl.Replace("http://localhost:8000", gateway.Origin, StringComparison.Ordinal).Replace("curl ", "curl -sS ", StringComparison.Ordinal);
        await using var curl = ChildProcess.Start(bash, ["-c", printed], new Dictionary<string, string> { ["TOKEN"] = await gateway.CallerKeyAsync() });

        (await curl.ExitAsync(Eventually.DefaultBound)).Should().Be(0, curl.AllOutput);

        curl.StandardOutput.Trim().Should().Be(OpenAiBodies.Chat("gpt-4o-mini"));
        providers.Upstream.Requests.Single()["Authorization"].Should().Be(severalLines ? "Bearer sk-proj-abc123..." : "Bearer sk-proj-...");
        Directory.Exists(repository.File("data")).Should().BeTrue("data lives in the repository root, whatever the working folder");
    }

    [Fact]
    public async Task The_log_has_something_for_grep_metis()
    {
        using var home = new TempFolder();
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = home,
            Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "hosted") }.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-account"}""", ["GATEWAY_LOG_FILE"] = home.File("logs/gateway.log") },
        });

        gateway.Output.Split('\n').Should().Contain(line => line.Contains("metis", StringComparison.Ordinal));
        await Eventually.TrueAsync(
            () => File.Exists(home.File("logs/gateway.log")) && File.ReadLines(home.File("logs/gateway.log")).Any(line => line.Contains("metis", StringComparison.Ordinal)),
            "the log file has it too");
    }
}
