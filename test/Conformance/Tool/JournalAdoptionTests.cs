namespace Gateway.Conformance.Tool;

public sealed class JournalAdoptionTests
{
    private const string Model = "scripted";

    [Fact]
    public async Task The_journal_of_a_front_end_that_was_killed_is_brought_to_another_by_the_tool()
    {
        using var home = new TempFolder();
        await using var upstream = ScriptedUpstream.Start();
        var manifest = new JsonObject { ["only"] = ManifestEntries.Live(upstream.Url, "account", Model) }.ToJsonString();
        var environment = new Dictionary<string, string> { ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789abcdef"}""", ["DATA_DIR"] = "data" };
        await using var other = await GatewayProcess.StartAsync(new GatewaySetup { Manifest = manifest, Environment = environment });
        using var tool = new ToolHome(("GATEWAY_URL", other.Origin), ("GATEWAY_API_KEY", other.AdminKey));
        string? id;
        await using (var lost = await GatewayProcess.StartAsync(new GatewaySetup { Home = home, Manifest = manifest, Environment = environment }))
        {
            using var answer = await lost.ChatAsync(Model);
            id = answer.Header("x-gateway-request-id");
            (await answer.Content.ReadAsStringAsync()).Should().NotBeEmpty("then the outcome is written");

            var refused = await tool.RunAsync("journal", "adopt", home.File("data"));
            refused.ExitCode.Should().Be(1, "it is in use");
            refused.Error.Should().Contain("is in use");

            await lost.Process.KillAsync();
        }

        var (exitCode, output, error) = await tool.RunAsync("journal", "adopt", home.File("data"));

        exitCode.Should().Be(0, error);
        output.Should().StartWith("1 journals taken in with 1 records; 0 are in use");
        var record = await other.AdminJsonAsync(HttpMethod.Get, "/admin/usage/records/" + id);
        record["model"]!.GetValue<string>().Should().Be(Model);
        Directory.GetDirectories(home.File("data/journal"), "session-*").Should().BeEmpty();
    }
}
