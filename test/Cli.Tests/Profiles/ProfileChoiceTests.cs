namespace Gateway.Cli.Profiles;

public sealed class ProfileChoiceTests
{
    private static readonly ProfileBook Book = new ProfileBook()
        .With("home", new Profile { Gateway = "https://home.example" })
        .With("work", new Profile { Gateway = "https://work.example" })
        .With("twin-a", new Profile { Gateway = "https://twin.example" })
        .With("twin-b", new Profile { Gateway = "https://twin.example" });

    [Theory]
    [InlineData(null, null, "home")]
    [InlineData("work", null, "work")]
    [InlineData(null, "https://work.example", "work")]
    [InlineData("twin-b", "https://twin.example", "twin-b")]
    [InlineData("twin-b", "https://TWIN.example", "twin-b")]
    public void One_fits(string? name, string? gateway, string expected) => ProfileChoice.Choose(Book, name, gateway).Name.Should().Be(expected);

    [Theory]
    [InlineData("nobody", null, ExitCodes.NotSignedIn)]
    [InlineData(null, "https://elsewhere.example", ExitCodes.NotSignedIn)]
    [InlineData("home", "https://elsewhere.example", ExitCodes.Usage)]
    [InlineData(null, "https://twin.example", ExitCodes.Usage)]
    public void None_fits(string? name, string? gateway, int exitCode)
    {
        var choosing = () => ProfileChoice.Choose(Book, name, gateway);

        choosing.Should().Throw<CliException>().Which.ExitCode.Should().Be(exitCode);
    }

    [Fact]
    public void The_default_goes_before_others_at_the_same_gateway() =>
        ProfileChoice.Choose(Book with { Default = "twin-b" }, null, "https://twin.example").Name.Should().Be("twin-b");

    [Fact]
    public void Nobody_is_signed_in_at_first()
    {
        var choosing = () => ProfileChoice.Choose(new ProfileBook(), null, null);

        choosing.Should().Throw<CliException>().Which.ExitCode.Should().Be(ExitCodes.NotSignedIn);
    }

    [Theory, InlineData(""), InlineData("-x"), InlineData("a b"), InlineData("a;b"), InlineData("a$b"), InlineData("ä")]
    public void A_name_that_would_need_quotes_is_refused(string name)
    {
        var checking = () => ProfileNames.Check(name);

        checking.Should().Throw<CliException>().Which.ExitCode.Should().Be(ExitCodes.Usage);
    }
}
