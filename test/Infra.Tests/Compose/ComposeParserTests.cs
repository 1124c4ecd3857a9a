namespace Gateway.Infra.Compose;

/// <summary>Docker Compose's own reading of the file.</summary>
public sealed class ComposeParserTests
{
    [Theory, InlineData("", "inference-gateway"), InlineData("cluster", "frontend-2")]
    public async Task Compose_takes_the_file(string profiles, string service)
    {
        await OptionalTool.RequireAsync("docker", "compose", "version");

        var services = await OptionalTool.RunAsync("docker", ["compose", "config", "--services"], new Dictionary<string, string>
        {
            ["METIS_STATUS_URL"] = "http://host.docker.internal:8055/status.json",
            ["COMPOSE_PROFILES"] = profiles,
        });

        services.Split('\n').Should().Contain(service);
    }

    [Fact]
    public async Task Without_a_manifest_compose_ends_with_one_line_that_names_it()
    {
        await OptionalTool.RequireAsync("docker", "compose", "version");

        var (exitCode, output) = await ExternalTool.RunAsync("docker", ["compose", "--env-file", "/dev/null", "config", "--quiet"]);

        exitCode.Should().NotBe(0);
        output.TrimEnd().Split('\n').Should().ContainSingle().Which.Should().Contain("METIS_STATUS_URL");
    }
}
