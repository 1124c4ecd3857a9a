using System.Text.Json;
using Gateway.Silo.Startup;

namespace Gateway.Infra.Docker;

public sealed class DockerfileTests
{
    private static readonly string[] Restored = ["global.json", "Directory.Build.props", "Directory.Packages.props"];

    [Fact]
    public void Base_images_have_an_exact_version_and_the_last_one_has_no_shell()
    {
        var outer = GatewayDockerfile.Stages.Where(stage => GatewayDockerfile.Stages.All(other => other.Name != stage.Base)).ToDictionary(stage => stage.Name, stage => stage.Base);

        outer.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["restore"] = "mcr.microsoft.com/dotnet/sdk:${DOTNET_SDK}",
            ["base"] = "mcr.microsoft.com/dotnet/aspnet:${DOTNET_RUNTIME}",
        });
        GatewayDockerfile.Arguments["DOTNET_SDK"].Should().MatchRegex(@"^10\.0\.[0-9]{3}-[a-z]+$");
        GatewayDockerfile.Arguments["DOTNET_RUNTIME"].Should().MatchRegex(@"^10\.0\.[0-9]+-[a-z]+-chiseled");
    }

    [Fact]
    public void The_sdk_is_one_that_global_json_takes()
    {
        using var global = JsonDocument.Parse(InfraFiles.Read("global.json"));
        var wanted = Version.Parse(global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);

        var used = Version.Parse(GatewayDockerfile.Arguments["DOTNET_SDK"].Split('-')[0]);

        used.Should().BeGreaterThanOrEqualTo(wanted);
        (used.Major, used.Minor).Should().Be((wanted.Major, wanted.Minor));
    }

    [Theory, InlineData("gateway", "Api", "http://127.0.0.1:8000/health/ready"), InlineData("silo", "Silo", "http://127.0.0.1:8081/health/ready")]
    public void An_image_runs_its_program_as_nobody_special_and_asks_it_for_its_health(string name, string project, string health)
    {
        var stage = GatewayDockerfile.Stage(name);
        var program = $"Gateway.{project}.dll";

        stage.User.Should().Be("1654:1654");
        stage.Entrypoint.Should().Equal("dotnet", program);
        stage.HealthCommand.Should().Equal("dotnet", program, "--health", health);
        stage.Ports.Should().Contain(new Uri(health).Port);
        CommandLine.Parse([.. stage.HealthCommand.Skip(2)]).Should().Be(new CommandLine(StartCommand.Health, null, null) { HealthAddress = new Uri(health) });
    }

    [Theory, InlineData("gateway"), InlineData("silo")]
    public void What_an_image_sets_are_settings(string name)
    {
        var environment = GatewayDockerfile.Stage(name).Environment;

        SettingNames.Unknown(environment.Keys).Should().BeEmpty();
        environment["GATEWAY_DEMO"].Should().Be("off");
        environment["DATA_DIR"].Should().Be("/data");
    }

    [Fact]
    public void The_engine_is_chosen_for_restore_and_build_alike()
    {
        var choosing = GatewayDockerfile.Instructions.Where(instruction => instruction.Name == "RUN").SelectMany(instruction => instruction.Arguments.Split("&&"))
            .Where(command => command.Contains("dotnet ", StringComparison.Ordinal)).ToList();

        choosing.Should().HaveCount(3).And.AllSatisfy(command => command.Should().Contain("-p:ActorRuntime=${ACTOR_RUNTIME}"));
        foreach (var name in (string[])["restore", "build"])
        {
            // An argument ends with its stage: each one that uses it declares it, with the same default.
            GatewayDockerfile.Stage(name).Instructions.Where(instruction => instruction.Name == "ARG").Select(instruction => instruction.Arguments)
                .Should().NotBeEmpty().And.AllBe("ACTOR_RUNTIME=BuiltIn");
        }
    }

    [Fact]
    public void The_restore_layer_has_every_project_and_nothing_that_changes_more_often()
    {
        var copied = GatewayDockerfile.Stage("restore").Instructions.Where(instruction => instruction.Name == "COPY").SelectMany(instruction => instruction.Words.SkipLast(1));

        copied.Should().BeEquivalentTo([.. ProjectGraph.FilesOf("src/Api/Api.csproj"), .. Restored]);
        ProjectGraph.FilesOf("src/Api/Api.csproj").Should().Contain(ProjectGraph.FilesOf("src/Silo/Silo.csproj"), "one restore serves both images");
    }

    [Fact]
    public void Each_file_of_the_restore_layer_lands_where_it_was() =>
        GatewayDockerfile.Stage("restore").Instructions.Where(instruction => instruction.Name == "COPY").Should().AllSatisfy(instruction =>
            instruction.Words.SkipLast(1).Should().AllSatisfy(source => Path.Combine(instruction.Words[^1], Path.GetFileName(source)).TrimStart('.', '/').Should().Be(source)));

    [Fact]
    public void What_is_copied_exists_and_is_let_in()
    {
        var sources = GatewayDockerfile.Instructions.Where(instruction => instruction.Name == "COPY" && !instruction.HasOption("from")).SelectMany(instruction => instruction.Words.SkipLast(1));

        sources.Should().NotBeEmpty().And.AllSatisfy(source =>
        {
            InfraFiles.Exists(source).Should().BeTrue("{0} is copied", source);
            DockerIgnore.LetsIn(source.TrimEnd('/')).Should().BeTrue("{0} is needed", source);
        });
    }

    [Theory]
    [InlineData(".env")]
    [InlineData("src/Api/.env")]
    [InlineData("data/admin-key")]
    [InlineData("infra/docker/config/status.json")]
    [InlineData("artifacts/bin")]
    [InlineData("src/Api/obj/project.assets.json")]
    [InlineData(".git/config")]
    public void Secrets_and_leftovers_stay_out(string path) => DockerIgnore.LetsIn(path).Should().BeFalse();

    [Fact]
    public void Nothing_is_fetched_from_elsewhere_and_no_command_runs_as_a_service() =>
        GatewayDockerfile.Instructions.Select(instruction => instruction.Name).Should().NotContain(["ADD", "CMD"]);

    [Theory]
    [InlineData("COPY a \\\n  b", "a   b")]
    [InlineData("# comment\n\nCOPY a b", "a b")]
    public void The_parser_joins_lines_and_leaves_comments_out(string text, string arguments) =>
        DockerfileParser.Parse(text).Single().Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Should().Equal(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Theory, InlineData("COPPY a b"), InlineData("COPY a \\"), InlineData("USER")]
    public void The_parser_takes_nothing_else(string text) => FluentActions.Invoking(() => DockerfileParser.Parse(text)).Should().Throw<FormatException>();
}
