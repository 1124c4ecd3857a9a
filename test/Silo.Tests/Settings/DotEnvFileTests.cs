using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Tests.Settings;

public sealed class DotEnvFileTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("  A = b  ", "b")]
    [InlineData("A=", "")]
    [InlineData("A=b # comment", "b")]
    [InlineData("A=b#no-comment", "b#no-comment")]
    [InlineData("A=#336699", "#336699")]
    [InlineData("A= # only a comment", "")]
    [InlineData("A='b # c'", "b # c")]
    [InlineData("A='b' # comment", "b")]
    [InlineData("A=\"b\"", "b")]
    [InlineData("A=\"b\\nc\\t\\\"d\\\" \\\\ \\$e \\x\"", "b\nc\t\"d\" \\ $e \\x")]
    [InlineData("A='b\\n'", "b\\n")]
    [InlineData("A=$B${C}", "$B${C}")]
    [InlineData("A=\"l1\nl2\"\nB=x", "l1\nl2")]
    [InlineData("A='l1\r\nl2'\r\nB=x\r\n", "l1\nl2")]
    [InlineData("\uFEFFA=b\r\n", "b")]
    [InlineData("# comment\n\n\tA=b", "b")]
    [InlineData("A=a\nA=b", "b")]
    [InlineData("A=x=y", "x=y")]
    [InlineData("A='it''s'", null)]
    [InlineData("A='never closed\nB=1", null)]
    [InlineData("just words", null)]
    [InlineData("export A", null)]
    [InlineData("1A=b", null)]
    public void The_grammar_is_that_of_env_files(string text, string? expected)
    {
        var parsed = DotEnvFile.TryParse(text, out var file, out var error);

        parsed.Should().Be(expected is not null, because: error);
        file?.Values["A"].Should().Be(expected);
    }

    [Fact]
    public void Blocks_of_the_guide_parse_as_printed()
    {
        const string text = """
            # URL to your status manifest
            METIS_STATUS_URL="http://your-server:8055/status.json"
            # API keys mapped to endpoint_id from the manifest
            METIS_API_TOKENS='{"openai-production": "sk-proj-...", "anthropic-production": "sk-ant-..."}'
            METIS_API_TOKENS='{
            "openai-production": "sk-proj-abc123...",
            "anthropic-production": "sk-ant-xyz789...",
            "custom-api": "custom-key-here"
            }'
            """;

        DotEnvFile.TryParse(text, out var file, out _).Should().BeTrue();
        file!.Values["METIS_STATUS_URL"].Should().Be("http://your-server:8055/status.json");
        using var tokens = System.Text.Json.JsonDocument.Parse(file.Values["METIS_API_TOKENS"]);
        tokens.RootElement.GetProperty("custom-api").GetString().Should().Be("custom-key-here");
    }

    [Fact]
    public void An_error_names_the_line_and_quotes_nothing()
    {
        DotEnvFile.TryParse("A=1\n\nB='open\nsk-secret-value", out _, out var error).Should().BeFalse();

        error.Should().StartWith("line 3:").And.NotContain("sk-secret");
    }
}
