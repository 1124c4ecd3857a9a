namespace Gateway.Infra.Compose;

/// <summary>The script that ends the start of a cluster whose secrets are missing, run by a real shell.</summary>
public sealed class PreflightTests
{
    private static readonly Dictionary<string, string> Complete = new()
    {
        ["CLUSTER_SECRET"] = new string('c', 32),
        ["GATEWAY_ADMIN_KEY"] = new string('a', 32),
        ["POSTGRES_PASSWORD"] = "Abc-0123456789._~",
        ["GRAFANA_ADMIN_PASSWORD"] = "twelve chars",
    };

    [Fact]
    public async Task All_there_is_silent()
    {
        (await RunAsync(Complete)).Should().Be((0, ""));
    }

    [Theory]
    [InlineData("CLUSTER_SECRET", "")]
    [InlineData("CLUSTER_SECRET", "too short")]
    [InlineData("GATEWAY_ADMIN_KEY", "")]
    [InlineData("GATEWAY_ADMIN_KEY", "too short")]
    [InlineData("POSTGRES_PASSWORD", "")]
    [InlineData("POSTGRES_PASSWORD", "short")]
    [InlineData("POSTGRES_PASSWORD", "with@sign-0123456789")]
    [InlineData("GRAFANA_ADMIN_PASSWORD", "")]
    [InlineData("GRAFANA_ADMIN_PASSWORD", "admin")]
    public async Task One_that_is_missing_or_weak_is_named_in_one_line_without_its_value(string name, string value)
    {
        var (exitCode, output) = await RunAsync(new(Complete) { [name] = value });

        exitCode.Should().Be(1);
        output.Should().StartWith("error: ").And.Contain(name).And.EndWith("\n");
        output.Count(letter => letter == '\n').Should().Be(1);
        Complete.Keys.Where(other => other != name).Should().AllSatisfy(other => output.Should().NotContain(other));
        if (value.Length > 0)
        {
            output.Should().NotContain(value);
        }
    }

    [Fact]
    public async Task All_that_is_missing_is_in_that_one_line()
    {
        var (exitCode, output) = await RunAsync([]);

        exitCode.Should().Be(1);
        output.Should().ContainAll(Complete.Keys);
        output.Count(letter => letter == '\n').Should().Be(1);
    }

    [Theory, InlineData("CLUSTER_SECRET"), InlineData("GATEWAY_ADMIN_KEY")]
    public async Task A_file_may_hold_a_secret(string name)
    {
        var environment = new Dictionary<string, string>(Complete) { [name + "_FILE"] = "/config/secret" };
        environment.Remove(name);

        (await RunAsync(environment)).ExitCode.Should().Be(0);
    }

    [Fact]
    public void It_is_given_every_secret_of_the_profile()
    {
        var given = ComposeFile.Services["preflight"].Map("environment");

        given.Keys.Should().BeEquivalentTo([.. Complete.Keys, "CLUSTER_SECRET_FILE", "GATEWAY_ADMIN_KEY_FILE"]);
        given.Should().AllSatisfy(pair => pair.Value.Should().Be($"${{{pair.Key}:-}}"));
    }

    private static Task<(int ExitCode, string Output)> RunAsync(Dictionary<string, string> environment) =>
        ExternalTool.RunAsync("sh", [InfraFiles.PathOf("infra", "docker", "preflight.sh")], environment);
}
