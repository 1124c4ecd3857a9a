using Gateway.Silo.Startup;

namespace Gateway.Silo.Tests.Startup;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", StartCommand.Serve, null)]
    [InlineData("check", StartCommand.Check, null)]
    [InlineData("--help", StartCommand.Help, null)]
    [InlineData("-h", StartCommand.Help, null)]
    [InlineData("--version", StartCommand.Version, null)]
    [InlineData("--urls http://127.0.0.1:1", StartCommand.Serve, "http://127.0.0.1:1")]
    [InlineData("--urls=http://127.0.0.1:1 check", StartCommand.Check, "http://127.0.0.1:1")]
    public void What_it_knows(string line, StartCommand command, string? urls) =>
        CommandLine.Parse(Split(line)).Should().Be(new CommandLine(command, urls, null));

    [Theory]
    [InlineData("--port 80", "--port")]
    [InlineData("serve", "serve")]
    [InlineData("--urls", "--urls")]
    [InlineData("check --fix", "--fix")]
    [InlineData("--health", "--health")]
    [InlineData("adopt", "adopt")]
    [InlineData("--health 127.0.0.1:8000", "--health")]
    public void Anything_else_is_named(string line, string named) => CommandLine.Parse(Split(line)).Error.Should().StartWith(named + ": ");

    [Fact]
    public void The_health_of_an_address_is_asked() =>
        CommandLine.Parse(Split("--health http://127.0.0.1:8000/health/ready")).Should().Be(
            new CommandLine(StartCommand.Health, null, null) { HealthAddress = new Uri("http://127.0.0.1:8000/health/ready") });

    [Fact]
    public void A_folder_is_adopted() =>
        CommandLine.Parse(Split("adopt /mnt/lost")).Should().Be(new CommandLine(StartCommand.Adopt, null, null) { AdoptFolder = "/mnt/lost" });

    [Fact]
    public void The_help_names_every_supported_setting_and_prints_no_secret_value() =>
        HelpText.Make(SiloStart.Program).Should().ContainAll("METIS_STATUS_URL", "GATEWAY_ADMIN_KEY *", "Gateway:Drain:MaxSeconds (300)", "REDIS_URL", "check");

    private static string[] Split(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
