using Gateway.Conformance.Identity;
using Gateway.Testing.Guide;

namespace Gateway.Conformance.Tool;

/// <summary>The tool as a process, a certified provider, and a gateway that takes its tokens.</summary>
public sealed class OpenIdSignInTests(IdentityGateway shared) : IClassFixture<IdentityGateway>, IAsyncLifetime
{
    private readonly ScriptedUpstream _upstream = ScriptedUpstream.Start();
    private string? _entry;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_entry is not null)
        {
            // Another test may publish the same model, with an upstream that is still there.
            await shared.ChangeAsync(_entry, entry => entry["status"] = "Offline");
        }

        await _upstream.DisposeAsync();
    }

    [Theory, InlineData(OidcProvider.JwtResource), InlineData(OidcProvider.OpaqueResource)]
    public async Task The_guides_curl_works_with_the_token_of_a_browser_sign_in(string resource)
    {
        ExternalTool.Require("curl");
        using var tool = new ToolHome();
        await PublishAsync("gpt-4o-mini");
        await SignInByBrowserAsync(tool, "cli", resource);
        var printed = GuideText.Curl.Replace("http://localhost:8000", shared.Gateway.Origin, StringComparison.Ordinal).Replace("curl ", "curl -sS -w '%{http_code}' ", StringComparison.Ordinal);

        var (exitCode, output, error) = await tool.ShellAsync($"TOKEN=$(gateway token)\n{printed}");

        exitCode.Should().Be(0, error);
        output.TrimEnd().Should().Be(OpenAiBodies.Chat("gpt-4o-mini") + "200");
        (await tool.RunAsync("whoami")).Output.Should().Contain("alice").And.Contain("group:chess, group:physics");
    }

    [Fact]
    public async Task A_device_signs_in_with_a_code_that_is_entered_elsewhere()
    {
        using var tool = new ToolHome();
        await using var login = tool.Start([.. Login("cli", OidcProvider.JwtResource), "--device"]);
        var code = await ToolHome.LineAsync(login, "    ");

        await BrowserSignIn.ApproveDeviceAsync(shared.Provider, "bob", new Uri(shared.Provider.Origin + "/device"), code.Trim());

        (await login.ExitAsync(TimeSpan.FromSeconds(60))).Should().Be(0, login.AllOutput);
        var (exitCode, output, error) = await tool.RunAsync("whoami", "--json");
        exitCode.Should().Be(0, error);
        JsonNode.Parse(output)!["username"]!.GetValue<string>().Should().Be("bob");
    }

    [Fact]
    public async Task Each_use_renews_a_token_that_is_about_to_expire_and_the_provider_sees_every_refresh_token_once()
    {
        using var tool = new ToolHome();
        await SignInByBrowserAsync(tool, "cli-brief", OidcProvider.OpaqueResource);

        // The provider revokes the whole grant when a refresh token comes a second time.
        var tokens = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => tool.RunAsync("token")));
        var last = await tool.RunAsync("token");

        tokens.Append(last).Should().AllSatisfy(run => run.ExitCode.Should().Be(0, run.Error));
        tokens.Append(last).Select(run => run.Output.Trim()).Distinct().Should().HaveCount(5);
        (await shared.WhoamiAsync(last.Output.Trim())).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_sign_in_that_was_ended_at_the_provider_is_told_and_can_be_repeated_without_options()
    {
        using var tool = new ToolHome();
        await SignInByBrowserAsync(tool, "cli-brief", OidcProvider.OpaqueResource);
        await shared.Provider.RevokeAsync(RefreshTokenOf(tool), "cli-brief");

        var (_, output, error) = await tool.ShellAsync("gateway token; echo $?");

        output.Trim().Should().Be("3", "nothing is printed but the exit code");
        error.Should().Contain("Sign in again: gateway login --profile default");
        await SignInAsync(tool, ["login", "--no-browser"]);
        (await tool.RunAsync("token")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Signing_out_ends_the_tokens_at_the_provider()
    {
        using var tool = new ToolHome();
        await SignInByBrowserAsync(tool, "cli", OidcProvider.OpaqueResource);
        var token = (await tool.RunAsync("token")).Output.Trim();

        (await tool.RunAsync("logout")).ExitCode.Should().Be(0);

        (await shared.Provider.IsActiveAsync(token)).Should().BeFalse();
        (await tool.RunAsync("token")).ExitCode.Should().Be(3);
    }

    [Fact]
    public async Task Chat_and_own_keys_work_with_the_sign_in_and_a_revoked_key_ends()
    {
        using var tool = new ToolHome();
        await PublishAsync("chat-model");
        await SignInByBrowserAsync(tool, "cli", OidcProvider.JwtResource);

        var (_, key, _) = await tool.RunAsync("keys", "create", "notebook", "--model", "chat-model", "--expires", "1d");
        var (chatCode, answer, chatError) = await tool.RunAsync("chat", "--model", "chat-model", "Hello");
        var listed = JsonNode.Parse((await tool.RunAsync("keys", "list", "--json")).Output)!["data"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == "notebook")!;

        chatCode.Should().Be(0, chatError);
        answer.Trim().Should().Be("Hello!");
        (await shared.WhoamiAsync(key.Trim())).Status.Should().Be(HttpStatusCode.OK);
        (await tool.RunAsync("keys", "revoke", listed["id"]!.GetValue<string>())).ExitCode.Should().Be(0);
        await Eventually.TrueAsync(async () => (await shared.WhoamiAsync(key.Trim())).Status == HttpStatusCode.Unauthorized, "the key has ended");
    }

    [Fact]
    public async Task Operators_see_and_drain_endpoints_and_others_are_denied()
    {
        using var tool = new ToolHome();
        var id = await PublishAsync(shared.NewModel());
        await SignInByBrowserAsync(tool, "cli", OidcProvider.JwtResource);

        (await tool.RunAsync("endpoints", "drain", id, "--reason", "test")).ExitCode.Should().Be(0);

        await Eventually.TrueAsync(async () => (await tool.RunAsync("endpoints", "list")).Output.Split('\n').Any(line => line.StartsWith(id + " ", StringComparison.Ordinal) && line.Contains(" drain ", StringComparison.Ordinal)), "the override is listed");
        (await tool.RunAsync("endpoints", "clear", id)).ExitCode.Should().Be(0);
        (await tool.RunAsync("keys", "list", "--admin")).ExitCode.Should().Be(0, "an operator may read");
        (await tool.RunAsync("keys", "create", "x", "--admin")).ExitCode.Should().Be(4, "an operator is no admin");
    }

    [Fact]
    public async Task Ctrl_C_ends_a_waiting_sign_in_at_once()
    {
        using var tool = new ToolHome();
        await using var login = tool.Start(Login("cli", OidcProvider.JwtResource));
        await ToolHome.LineAsync(login, shared.Provider.Origin);

        login.Interrupt();

        (await login.ExitAsync(Eventually.DefaultBound)).Should().Be(130, login.AllOutput);
        login.StandardError.Should().NotContain("Exception");
    }

    private async Task<string> PublishAsync(string model) => _entry = (await shared.PublishAsync(shared.Entry(_upstream, model)))[0];

    private Task SignInByBrowserAsync(ToolHome tool, string client, string resource) => SignInAsync(tool, Login(client, resource));

    /// <summary>Plays the browser: opens the printed address, signs in as alice, and goes where the provider sends it.</summary>
    private async Task SignInAsync(ToolHome tool, string[] arguments)
    {
        await using var login = tool.Start(arguments);
        var address = await ToolHome.LineAsync(login, shared.Provider.Origin + "/auth?");
        var callback = await BrowserSignIn.VisitAsync(shared.Provider, "alice", new Uri(address));
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var page = await browser.GetAsync(callback);

        page.StatusCode.Should().Be(HttpStatusCode.OK);
        (await login.ExitAsync(Eventually.DefaultBound)).Should().Be(0, login.AllOutput);
    }

    private string[] Login(string client, string resource) =>
        ["login", "--no-browser", "--gateway", shared.Gateway.Origin, "--issuer", shared.Provider.Origin, "--client-id", client, "--resource", resource, "--scope", "openid offline_access chat"];

    private static string RefreshTokenOf(ToolHome tool) =>
        JsonNode.Parse(File.ReadAllText(tool.Credentials))!["profiles"]!["default"]!["credential"]!["refresh_token"]!.GetValue<string>();
}
