using System.Text;
using Gateway.Testing.Databases;

namespace Gateway.Process.Stores;

/// <summary>The gateway with <c>DATABASE_URL</c>, through the life of its database.</summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task A_gateway_starts_before_its_database_serves_without_it_and_never_shows_its_password()
    {
        using var home = new TempFolder();
        await using var upstream = ScriptedUpstream.Start();
        await using var server = await PostgresServer.CreateAsync();
        var shown = new StringBuilder();
        await using (var gateway = GatewayProcess.Launch(Setup(home, upstream, server.Url())))
        {
            await Eventually.TrueAsync(() => AnswersAsync(gateway, "/health/live", HttpStatusCode.OK), "it lives");
            (await AnswersAsync(gateway, "/health/ready", HttpStatusCode.ServiceUnavailable)).Should().BeTrue("no key was ever loaded");

            await server.StartAgainAsync();
            await Eventually.TrueAsync(gateway.IsReadyAsync, "it is ready once the database is there");
            var key = await gateway.CallerKeyAsync();
            using (var served = await gateway.ChatAsync("m"))
            {
                served.StatusCode.Should().Be(HttpStatusCode.OK);
            }

            await server.KillAsync();
            using (var served = await gateway.ChatAsync("m"))
            {
                served.StatusCode.Should().Be(HttpStatusCode.OK, "known keys go on");
            }

            using (var refused = await gateway.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "x" }))
            {
                shown.Append(await refused.Content.ReadAsStringAsync());
                refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            }

            await server.StartAgainAsync();
            var created = await gateway.CreateKeyAsync(new JsonObject { ["name"] = "after" });
            using var after = await gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("m"), created["key"]!.GetValue<string>());
            after.StatusCode.Should().Be(HttpStatusCode.OK);
            (await server.ScalarAsync<long>("SELECT count(*) FROM api_keys")).Should().Be(2);
            shown.Append(gateway.Output).Append(await File.ReadAllTextAsync(home.File("gateway.log")));
        }

        shown.ToString().Should().Contain("DATABASE_URL").And.NotContain(server.Password);
        File.Exists(home.File("data/gateway.db")).Should().BeFalse();
    }

    [Fact]
    public async Task The_check_says_whether_the_database_answers()
    {
        using var home = new TempFolder();
        await using var upstream = ScriptedUpstream.Start();
        await using var server = await PostgresServer.StartAsync();

        await using var right = GatewayProcess.Launch(Setup(home, upstream, server.Url(), "check"));
        await using var wrong = GatewayProcess.Launch(Setup(home, upstream, server.Url().Replace(server.Password, "canary-word"), "check"));

        (await right.Process.ExitAsync(TimeSpan.FromSeconds(60))).Should().Be(0);
        right.Output.Should().Contain($"ok     DATABASE_URL: postgres at 127.0.0.1:{server.Port} answers");
        (await wrong.Process.ExitAsync(TimeSpan.FromSeconds(60))).Should().Be(1);
        wrong.Output.Should().Contain("wrong  DATABASE_URL: ").And.Contain("password").And.NotContain("canary-word");
    }

    private static GatewaySetup Setup(TempFolder home, ScriptedUpstream upstream, string url, params string[] arguments) => new()
    {
        Home = home,
        Arguments = arguments,
        Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "m") }.ToJsonString(),
        Environment =
        {
            ["METIS_API_TOKENS"] = """{"account":"sk-test"}""",
            ["DATABASE_URL"] = url,
            ["DATA_DIR"] = home.File("data"),
            ["GATEWAY_LOG_FILE"] = home.File("gateway.log"),
            ["Logging__LogLevel__Default"] = "Trace",
        },
    };

    private static async Task<bool> AnswersAsync(GatewayProcess gateway, string path, HttpStatusCode status)
    {
        try
        {
            using var answer = await gateway.Client.GetAsync(path);
            return answer.StatusCode == status;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
