using Gateway.Testing.Identity;

namespace Gateway.Conformance.Tool;

/// <summary>The tool as a process, and a gateway with FIRST's settings; Globus is a double.</summary>
public sealed class GlobusSignInTests
{
    [Fact]
    public async Task The_pasted_code_gives_a_token_that_the_gateway_takes_and_signing_out_ends_it()
    {
        await using var globus = GlobusDouble.Start();
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["only"] = ManifestEntries.Live(upstream.Url, "account", "gpt-4o-mini") }.ToJsonString(),
            Environment = globus.Settings(("AUTHORIZED_IDP_DOMAINS", "anl.gov"), ("METIS_API_TOKENS", """{"account":"sk-account"}""")),
        });
        using var tool = new ToolHome(("GLOBUS_AUTH_URL", globus.Origin));
        await using var login = tool.Start("login", "--no-browser", "--gateway", gateway.Origin, "--globus", "--client-id", GlobusDouble.NativeClientId, "--globus-service", GlobusDouble.ClientId);
        var address = await ToolHome.LineAsync(login, globus.Origin + "/v2/oauth2/authorize?");

        await login.WriteLineAsync(globus.SignIn(new Uri(address), GlobusUser.Person("alice@anl.gov") with { Lifetime = TimeSpan.FromSeconds(50) }));

        (await login.ExitAsync(Eventually.DefaultBound)).Should().Be(0, login.AllOutput);
        login.AllOutput.Should().Contain("as alice@anl.gov");
        var first = (await tool.RunAsync("token")).Output.Trim();
        var (exitCode, answer, error) = await tool.RunAsync("chat", "--model", "gpt-4o-mini", "Hello");
        exitCode.Should().Be(0, error);
        answer.Trim().Should().Be("Hello!");
        (await tool.RunAsync("token")).Output.Trim().Should().NotBe(first, "with less than a minute left it is renewed");

        (await tool.RunAsync("logout")).ExitCode.Should().Be(0);
        (await tool.RunAsync("token")).ExitCode.Should().Be(3);
        globus.Requests.Count(request => request.Path == "/v2/oauth2/token/revoke").Should().Be(2);
    }
}
