using Gateway.Silo.Checking;
using Gateway.Silo.Tests.Settings;
using Gateway.Testing;
using Gateway.Testing.Databases;

namespace Gateway.Silo.Tests.Checking;

public sealed class DatabaseCheckTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Sqlite_has_nothing_to_check() => (await LineAsync(null)).Should().BeNull();

    [Fact]
    public async Task It_says_whether_the_database_answers_and_what_else_is_wrong()
    {
        await using var server = await PostgresServer.StartAsync();

        var right = await LineAsync(server.Url());
        var wrongPassword = await LineAsync(server.Url().Replace(server.Password, "canary"));
        var missing = await LineAsync(server.Url("missing"));
        await server.StopAsync();
        var away = await LineAsync(server.Url());

        right.Should().Be(new CheckLine(CheckVerdict.Ok, "DATABASE_URL", $"postgres at 127.0.0.1:{server.Port} answers"));
        wrongPassword!.Verdict.Should().Be(CheckVerdict.Wrong);
        wrongPassword.Text.Should().Contain("password").And.NotContain("canary");
        missing!.Text.Should().Contain("does not exist");
        away!.Text.Should().Contain("cannot be reached").And.NotContain(server.Password);
    }

    private async Task<CheckLine?> LineAsync(string? url) =>
        await DatabaseCheck.RunAsync(
            url is null ? SettingsFor.Valid(_home) : SettingsFor.Valid(_home, ("DATABASE_URL", url)), TimeProvider.System, TestContext.Current.CancellationToken);
}
