using FsCheck;
using FsCheck.Fluent;
using Gateway.Storage.Sql.Postgres;
using Npgsql;

namespace Gateway.Storage.Tests.Sql.Postgres;

public sealed class PostgresTargetTests
{
    [Theory]
    [InlineData("postgres://u:p@h/db", "db at h:5432")]
    [InlineData("postgresql://u:p@h:6000/db", "db at h:6000")]
    [InlineData("POSTGRES://h/db", "db at h:5432")]
    [InlineData("postgres://u@[::1]:6000/db", "db at ::1:6000")]
    [InlineData("postgres://u:p@[fd00::2]/db", "db at fd00::2:5432")]
    [InlineData("postgres://u:p@a,b:6000/db", "db at a:5432,b:6000")]
    [InlineData("postgres://u:p@[::1],b/db", "db at [::1]:5432,b:5432")]
    [InlineData("postgres://u:p@%2Fvar%2Frun/db", "db at /var/run:5432")]
    [InlineData("postgres://u:p@h/my%20db", "my db at h:5432")]
    [InlineData("Host=h;Port=6000;Database=db;Username=u;Password=p", "db at h:6000")]
    [InlineData("Server=h;Database=db;User Id=u;Pwd=p;SSL Mode=Require", "db at h:5432")]
    public void Every_form_names_host_port_and_database(string text, string expected) => Parse(text).DisplayName.Should().Be(expected);

    [Theory]
    [InlineData("sslmode=disable", SslMode.Disable)]
    [InlineData("sslmode=allow", SslMode.Allow)]
    [InlineData("sslmode=prefer", SslMode.Prefer)]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=verify-ca", SslMode.VerifyCA)]
    [InlineData("sslmode=verify-full", SslMode.VerifyFull)]
    public void The_words_of_libpq_for_encryption_are_understood(string option, SslMode expected) => Url($"?{option}").SslMode.Should().Be(expected);

    [Fact]
    public void Options_are_known_by_the_names_of_libpq_and_of_the_driver()
    {
        var builder = Url("?application_name=a%20b&schema=s&pool_max_conns=3&sslrootcert=%2Fca.pem&Read%20Buffer%20Size=9000&keepalives=0&target_session_attrs=read-write");

        builder.ApplicationName.Should().Be("a b");
        builder.SearchPath.Should().Be("s");
        builder.MaxPoolSize.Should().Be(3);
        builder.RootCertificate.Should().Be("/ca.pem");
        builder.ReadBufferSize.Should().Be(9000);
        builder.TcpKeepAlive.Should().BeFalse();
    }

    [Fact]
    public void Any_user_password_and_database_survive_the_encoding() =>
        Prop.ForAll(
            Text().ToArbitrary(),
            Text().ToArbitrary(),
            Text().ToArbitrary(),
            (user, password, database) =>
            {
                var text = $"postgres://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@h/{Uri.EscapeDataString(database)}";
                var builder = PostgresUrl.Parse(text, out var problem);
                return problem is null && builder!.Username == user && builder.Password == password && builder.Database == database;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("canary")]
    [InlineData("mysql://u:canary@h/db")]
    [InlineData("postgres://u:canary@/db")]
    [InlineData("postgres://u:canary@h")]
    [InlineData("postgres://u:canary@h/")]
    [InlineData("postgres://u:canary@h:x/db")]
    [InlineData("postgres://u:canary@h:70000/db")]
    [InlineData("postgres://u:canary@[::1/db")]
    [InlineData("postgres://u:canary@[canary]/db")]
    [InlineData("postgres://u:canary%zz@h/db")]
    [InlineData("postgres://u:can/canary@h/db")]
    [InlineData("postgres://u:can?canary@h/db")]
    [InlineData("postgres://u:can#canary@h/db")]
    [InlineData("postgres://u:pass@h/db?canary=1")]
    [InlineData("postgres://u:pass@h/db?sslmode=canary")]
    [InlineData("postgres://u:pass@h/db?password=canary")]
    [InlineData("postgres://u:pass@h/db?Server=canary")]
    [InlineData("Host=h;Database=db;Password=canary;canary=1")]
    [InlineData("Host=h;Database=db;Username=u;Password=canary;Port=canary")]
    [InlineData("Host=h;Username=u;Password=canary")]
    [InlineData("Database=h;Username=u;Password=canary")]
    public void What_is_wrong_is_said_in_one_line_without_any_of_it(string text)
    {
        PostgresTarget.TryParse(text, out _, out var problem).Should().BeFalse();

        problem.Should().MatchRegex("^(must|has) ").And.NotContain("canary").And.NotContain("can").And.NotContain("\n");
    }

    [Fact]
    public void No_text_whatever_throws_or_is_quoted() =>
        Prop.ForAll(
            Text().ToArbitrary(),
            Gen.Elements("postgres://", "postgres://u:", "Password=", "").ToArbitrary(),
            (text, start) => PostgresTarget.TryParse(start + text, out _, out var problem) || text.Length < 12 || !problem!.Contains(text)).QuickCheckThrowOnFailure();

    [Fact]
    public void Printing_shows_no_password_and_the_driver_keeps_values_out_of_its_messages()
    {
        var target = Parse("Host=h;Database=db;Username=u;Password=canary;Include Error Detail=true;Log Parameters=true;Persist Security Info=true");

        target.ToString().Should().Be("db at h:5432");
        using var source = target.CreateSource(TimeSpan.FromSeconds(1), "SELECT 1");
        source.ConnectionString.Should().NotContain("canary");
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        (settings.IncludeErrorDetail, settings.LogParameters, settings.PersistSecurityInfo).Should().Be((false, false, false));
    }

    [Fact]
    public void The_pool_and_every_wait_are_bounded_unless_the_operator_says_otherwise()
    {
        var settings = SettingsOf("postgres://u:p@h/db");

        settings.MaxPoolSize.Should().Be(8);
        (settings.Timeout, settings.CommandTimeout).Should().Be((1, 1));
        SettingsOf("postgres://u:p@h/db?Maximum%20Pool%20Size=40&connect_timeout=300").Should().Match<NpgsqlConnectionStringBuilder>(
            other => other.MaxPoolSize == 40 && other.Timeout == 1);
    }

    private static NpgsqlConnectionStringBuilder SettingsOf(string text)
    {
        using var source = Parse(text).CreateSource(TimeSpan.FromSeconds(1), "SELECT 1");
        return new NpgsqlConnectionStringBuilder(source.ConnectionString);
    }

    private static NpgsqlConnectionStringBuilder Url(string query) => PostgresUrl.Parse("postgres://u:p@h/db" + query, out _)!;

    private static PostgresTarget Parse(string text) => PostgresTarget.TryParse(text, out var target, out var problem) ? target : throw new InvalidOperationException(problem);

    // Half of a surrogate pair has no encoding.
    private static Gen<string> Text() => ArbMap.Default.GeneratorFor<NonEmptyString>().Select(value => value.Get)
        .Where(value => value.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar) && value.Trim().Length > 0);
}
