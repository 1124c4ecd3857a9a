namespace Gateway.Cli.Text;

public sealed class TextTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-12-31T23:59:59Z", true, "2026-12-31T23:59:59Z")]
    [InlineData("2026-12-31T23:59:59+02:00", true, "2026-12-31T21:59:59Z")]
    [InlineData("2026-12-31", true, "2026-12-31T00:00:00Z")]
    [InlineData("30d", true, "2026-03-31T12:00:00Z")]
    [InlineData("12h", false, "2026-03-01T00:00:00Z")]
    [InlineData("15m", false, "2026-03-01T11:45:00Z")]
    public void Times_are_read_as_people_type_them(string typed, bool future, string expected) => PointInTime.Parse(typed, "--x", Now, future).Should().Be(expected);

    [Theory, InlineData(""), InlineData("d"), InlineData("-1d"), InlineData("1y"), InlineData("999999d"), InlineData("31.12.2026")]
    public void What_is_no_time_is_refused(string typed)
    {
        var parsing = () => PointInTime.Parse(typed, "--x", Now, future: true);

        parsing.Should().Throw<CliException>().WithMessage("--x *");
    }

    [Fact]
    public void A_line_is_one_line_without_control_characters_and_not_endless()
    {
        Printable.Line(" a\r\nb\tc\u001b[0m ").Should().Be("a b c[0m");
        Printable.Line(new string('x', 1_000), 10).Should().Be(new string('x', 11) + "…");
        Printable.Block("a\u001b\r\nb\tc\u009b").Should().Be("a\nb\tc");
    }

    [Theory, InlineData("{\"a\":1", null), InlineData("{\"a\":\"x\"}", "x"), InlineData("{\"a\":1}", null), InlineData("[]", null)]
    public void A_field_of_what_may_be_no_json_is_text_or_nothing(string json, string? expected) => JsonText.TryParse(json).Text("a").Should().Be(expected);
}
