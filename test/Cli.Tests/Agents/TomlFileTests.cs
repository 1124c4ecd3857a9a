namespace Gateway.Cli.Agents;

public sealed class TomlFileTests
{
    private static readonly AgentSetup Setup = new() { Gateway = "https://gateway.example", TokenCommand = ["gateway", "token", "--profile", "work"], Model = "m" };

    private const string Tables = """
        [model_providers.gateway]
        name = "Inference Gateway"
        base_url = "https://gateway.example/v1"
        wire_api = "responses"

        [model_providers.gateway.auth]
        command = "gateway"
        args = ["token", "--profile", "work"]
        timeout_ms = 60000
        refresh_interval_ms = 60000

        """;

    [Fact]
    public void A_fresh_file_is_whole() =>
        new CodexAgent().Merge(null, Setup).ReplaceLineEndings("\n").Should().Be("model = \"m\"\nmodel_provider = \"gateway\"\n\n" + Tables.ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("\n")]
    [InlineData(" \n\n")]
    [InlineData("\n[model_providers.gateway]\nname = \"old\"\n")]
    public void A_file_in_which_nothing_stays_becomes_a_fresh_one(string original) =>
        new CodexAgent().Merge(original, Setup).Should().Be(new CodexAgent().Merge(null, Setup));

    [Fact]
    public void Comments_order_and_other_tables_stay()
    {
        const string original = """
            # Grüße, mine
            model = "gpt-5" # the best
            approval_policy = "on-request"
            notes = '''
            [not.a.table]
            model = "neither"
            '''

            # my tools
            [mcp_servers.docs]
            command = "docs"

            [model_providers.gateway]
            base_url = "https://old.example/v1"
            env_key = "OLD"

            # last words
            [tui]
            theme = "dark"
            """;

        var merged = new CodexAgent().Merge(original.ReplaceLineEndings("\n"), Setup);

        merged.Should().Be(("model_provider = \"gateway\"\n" + """
            # Grüße, mine
            model = "m" # the best
            approval_policy = "on-request"
            notes = '''
            [not.a.table]
            model = "neither"
            '''

            # my tools
            [mcp_servers.docs]
            command = "docs"


            # last words
            [tui]
            theme = "dark"

            """ + "\n" + Tables).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Merging_twice_is_merging_once()
    {
        var once = new CodexAgent().Merge("# mine\n[tui]\ntheme = \"dark\"\n", Setup);

        new CodexAgent().Merge(once, Setup).Should().Be(once);
    }

    [Theory]
    [InlineData("model = ")]
    [InlineData("model_providers.gateway.name = \"x\"")]
    [InlineData("[model_providers]\ngateway = { name = \"x\" }")]
    public void What_cannot_be_changed_here_is_refused(string original)
    {
        var merging = () => new CodexAgent().Merge(original, Setup);

        merging.Should().Throw<FormatException>();
    }

    [Fact]
    public void Line_ends_are_the_files_own() =>
        new CodexAgent().Merge("a = 1\r\n", Setup).Replace("\r\n", "", StringComparison.Ordinal).Should().NotContain("\n");

    [Theory, InlineData("plain", "\"plain\""), InlineData("a\"b\\c", "\"a\\\"b\\\\c\""), InlineData("a\nb", "\"a\\u000ab\"")]
    public void Texts_are_quoted(string text, string quoted) => TomlFile.Quote(text).Should().Be(quoted);
}
