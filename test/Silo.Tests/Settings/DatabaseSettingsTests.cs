namespace Gateway.Silo.Tests.Settings;

public sealed class DatabaseSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_the_setting_sqlite_is_used() => SettingsFor.Valid(_home).Database.Should().BeNull();

    [Theory]
    [InlineData("postgres://gateway:canary@db.example/gateway")]
    [InlineData("Host=db.example;Database=gateway;Username=gateway;Password=canary")]
    public void Both_forms_name_the_database_without_its_password(string value)
    {
        var settings = SettingsFor.Valid(_home, ("DATABASE_URL", value));

        settings.Database!.ToString().Should().Be("gateway at db.example:5432");
        settings.NotEnforced.Should().BeEmpty();
        settings.WatchedSecrets.Should().BeEmpty();
    }

    [Theory]
    [InlineData("mysql://u:canary@h/db")]
    [InlineData("postgres://u:canary@h")]
    [InlineData("nonsense canary")]
    public void A_wrong_value_is_one_line_that_names_the_setting_and_shows_nothing_of_it(string value) =>
        SettingsFor.Problem(_home, ("DATABASE_URL", value)).Should().StartWith("DATABASE_URL: ").And.NotContain("canary").And.NotContain("\n");

    [Fact]
    public void A_file_with_it_is_watched_and_takes_over_a_new_password_only()
    {
        _home.Write("url", "postgres://u:first@h/db\n");
        var settings = SettingsFor.Valid(_home, ("DATABASE_URL_FILE", "url"));

        var watched = settings.WatchedSecrets.Should().ContainSingle().Subject;

        watched.Setting.Should().Be("DATABASE_URL");
        watched.Apply("postgres://u:second@h/db").Should().BeNull();
        watched.Apply("postgres://u:second@elsewhere/db").Should().Contain("restart").And.NotContain("second");
        watched.Apply("canary").Should().NotBeNull().And.NotContain("canary");
    }

    [Fact]
    public void A_wrong_file_is_named()
    {
        _home.Write("url", "canary");

        SettingsFor.Problem(_home, ("DATABASE_URL_FILE", "url")).Should().StartWith("DATABASE_URL (").And.Contain("url").And.NotContain("canary");
    }
}
