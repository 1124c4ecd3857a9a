using Gateway.Cli.Rigs;

namespace Gateway.Cli.Agents;

public sealed class ConfigureTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();

    public async ValueTask InitializeAsync()
    {
        await _rig.SignInAsync();
        _rig.Gateway.Answer("GET /v1/models", """{"data":[{"id":"org/a","context_window":8192},{"id":"b"}]}""");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    public static TheoryData<string, string> Files => new()
    {
        { "claude", ".claude/settings.json" },
        { "codex", ".codex/config.toml" },
        { "opencode", "config/opencode/opencode.json" },
        { "pi", ".pi/agent/models.json" },
    };

    [Theory, MemberData(nameof(Files))]
    public async Task A_fresh_file_has_the_gateway_and_no_secret(string agent, string file)
    {
        (await _rig.RunAsync("agent", "configure", agent, "--model", "b")).ShouldEndWith(ExitCodes.Ok);

        var text = Text(file);
        text.Should().Contain(_rig.Gateway.Origin).And.NotContain(CliRig.ApiKey);
        (agent == "opencode" || text.Contains("token", StringComparison.Ordinal)).Should().BeTrue();
        File.Exists(_rig.Home.File(file + ".before-gateway")).Should().BeFalse("there was nothing to keep");
    }

    [Theory, MemberData(nameof(Files))]
    public async Task A_second_run_changes_nothing(string agent, string file)
    {
        await _rig.RunAsync("agent", "configure", agent, "--model", "b");
        var first = Text(file);

        var second = await _rig.RunAsync("agent", "configure", agent, "--model", "b", "--json");

        second.ShouldEndWith(ExitCodes.Ok).Json["changed"]!.GetValue<bool>().Should().BeFalse();
        Text(file).Should().Be(first);
    }

    [Theory, MemberData(nameof(Files))]
    public async Task Printing_touches_no_file(string agent, string file)
    {
        (await _rig.RunAsync("agent", "configure", agent, "--print")).ShouldEndWith(ExitCodes.Ok).Output.Should().Contain(_rig.Gateway.Origin);

        File.Exists(_rig.Home.File(file)).Should().BeFalse();
    }

    [Fact]
    public async Task What_was_there_is_kept_and_copied_once()
    {
        const string original = "{\n    \"theme\": \"dark\",\n    \"env\": { \"EDITOR\": \"vi\", \"ANTHROPIC_BASE_URL\": \"https://old.example\" },\n    \"permissions\": { \"allow\": [\"Bash(ls:*)\"] }\n}\n";
        _rig.Home.Write(".claude/settings.json", original);

        var first = await _rig.RunAsync("agent", "configure", "claude", "--json");
        await _rig.RunAsync("agent", "configure", "claude", "--model", "b");

        first.Json["backup"]!.GetValue<string>().Should().EndWith(".claude/settings.json.before-gateway");
        Text(".claude/settings.json.before-gateway").Should().Be(original);
        var settings = JsonNode.Parse(Text(".claude/settings.json"))!;
        settings.ToJsonString().Should().Be(
            $$$"""{"theme":"dark","env":{"EDITOR":"vi","ANTHROPIC_BASE_URL":"{{{_rig.Gateway.Origin}}}","CLAUDE_CODE_API_KEY_HELPER_TTL_MS":"60000","ANTHROPIC_MODEL":"b"},"permissions":{"allow":["Bash(ls:*)"]},"apiKeyHelper":"gateway token --profile default"}""");
        Text(".claude/settings.json").Should().Contain("\n    \"theme\"", "the indentation is the file's own");
    }

    [Fact]
    public async Task A_dry_run_shows_the_difference_and_changes_nothing()
    {
        const string original = "{\n  \"theme\": \"dark\"\n}\n";
        _rig.Home.Write(".claude/settings.json", original);

        var result = await _rig.RunAsync("agent", "configure", "claude", "--dry-run");

        result.ShouldEndWith(ExitCodes.Ok).Output.ReplaceLineEndings("\n").Should().StartWith(" {\n-  \"theme\": \"dark\"\n+  \"theme\": \"dark\",\n+  \"apiKeyHelper\": \"gateway token --profile default\",\n");
        Text(".claude/settings.json").Should().Be(original);
        (await _rig.RunAsync("agent", "configure", "claude", "--dry-run", "--json")).Json["diff"]!.AsArray().Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_setting_that_would_win_over_the_sign_in_is_told()
    {
        _rig.Home.Write(".claude/settings.json", """{"env":{"ANTHROPIC_AUTH_TOKEN":"sk-mine"}}""");

        var result = await _rig.RunAsync("agent", "configure", "claude");

        result.ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("env.ANTHROPIC_AUTH_TOKEN").And.NotContain("sk-mine");
    }

    [Theory]
    [InlineData("// mine\n{\"theme\":\"dark\"}", "comments")]
    [InlineData("{\"theme\":", "not valid JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"env\":\"x\"}", "'env' is not an object")]
    public async Task A_file_that_cannot_be_changed_without_loss_is_left_alone(string original, string reason)
    {
        _rig.Home.Write(".claude/settings.json", original);

        (await _rig.RunAsync("agent", "configure", "claude")).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain(reason).And.Contain("--print");
        Text(".claude/settings.json").Should().Be(original);
    }

    [Fact]
    public async Task Lists_of_models_come_from_the_gateway_and_keep_what_was_set_for_one()
    {
        _rig.Home.Write(".pi/agent/models.json", """{"providers":{"ollama":{"baseUrl":"http://localhost:11434/v1"},"gateway":{"api":"openai-responses","models":[{"id":"b","reasoning":true}]}}}""");
        _rig.Home.Write("config/opencode/opencode.json", """{"provider":{"gateway":{"name":"Ours","models":{"b":{"name":"My B"}}}},"model":"other/x"}""");

        (await _rig.RunAsync("agent", "configure", "pi")).ShouldEndWith(ExitCodes.Ok);
        (await _rig.RunAsync("agent", "configure", "opencode", "--model", "org/a")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("GATEWAY_TOKEN=$(gateway token --profile default) opencode");

        JsonNode.Parse(Text(".pi/agent/models.json"))!.ToJsonString().Should().Be(
            $$$$"""{"providers":{"ollama":{"baseUrl":"http://localhost:11434/v1"},"gateway":{"api":"openai-responses","models":[{"id":"b","reasoning":true},{"id":"org/a","contextWindow":8192}],"baseUrl":"{{{{_rig.Gateway.Origin}}}}/v1","apiKey":"!gateway token --profile default"}}}""");
        JsonNode.Parse(Text("config/opencode/opencode.json"))!.ToJsonString().Should().Be(
            $$$$"""{"provider":{"gateway":{"name":"Ours","models":{"b":{"name":"My B"},"org/a":{"name":"org/a"}},"npm":"@ai-sdk/openai-compatible","options":{"baseURL":"{{{{_rig.Gateway.Origin}}}}/v1","apiKey":"{env:GATEWAY_TOKEN}"}}},"model":"gateway/org/a"}""");
    }

    [Fact]
    public async Task A_model_that_is_not_offered_is_refused_where_a_list_is_written() =>
        (await _rig.RunAsync("agent", "configure", "pi", "--model", "nothing")).ShouldEndWith(ExitCodes.Failed);

    [Fact]
    public async Task A_link_stays_a_link_and_the_mode_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("links need rights there");
            return;
        }

        var target = _rig.Home.Write("dotfiles/claude.json", "{}");
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(_rig.Home.File(".claude"));
        File.CreateSymbolicLink(_rig.Home.File(".claude/settings.json"), target);

        (await _rig.RunAsync("agent", "configure", "claude")).ShouldEndWith(ExitCodes.Ok);

        new FileInfo(_rig.Home.File(".claude/settings.json")).LinkTarget.Should().Be(target);
        (await File.ReadAllTextAsync(target)).Should().Contain("apiKeyHelper");
        File.GetUnixFileMode(target).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory, InlineData("claude", "CLAUDE_CONFIG_DIR", "settings.json"), InlineData("codex", "CODEX_HOME", "config.toml"), InlineData("pi", "PI_CODING_AGENT_DIR", "models.json")]
    public async Task The_agents_own_variable_moves_its_folder(string agent, string variable, string file)
    {
        _rig.Variables[variable] = _rig.Home.File("elsewhere");

        (await _rig.RunAsync("agent", "configure", agent)).ShouldEndWith(ExitCodes.Ok);

        File.Exists(_rig.Home.File("elsewhere/" + file)).Should().BeTrue();
    }

    private string Text(string file) => File.ReadAllText(_rig.Home.File(file));
}
