using Gateway.Process.Rigs;

namespace Gateway.Process.Identity;

public sealed class ApiKeyTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    // Promised within one second; a busy machine gets five times that.
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_revoked_key_is_refused()
    {
        var (id, key) = await CreateAsync(new JsonObject { ["name"] = "short-lived" });
        (await StatusAsync(key)).Should().Be(HttpStatusCode.OK);

        using var deleted = await shared.Gateway.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}");

        deleted.StatusCode.Should().Be(HttpStatusCode.NoContent);
        await Eventually.TrueAsync(async () => await StatusAsync(key) == HttpStatusCode.Unauthorized, "the key is refused", Promise);
    }

    [Theory, InlineData("Authorization", "Bearer "), InlineData("x-api-key", ""), InlineData("api-key", "")]
    public async Task Each_credential_header_works(string header, string prefix)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(header, prefix + await shared.Gateway.CallerKeyAsync());

        using var response = await shared.Gateway.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_first_header_present_wins_even_when_it_is_wrong()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer gw-wrong");
        request.Headers.TryAddWithoutValidation("x-api-key", await shared.Gateway.CallerKeyAsync());

        using var response = await shared.Gateway.Client.SendAsync(request);

        await response.ErrorAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_for_some_models_serves_only_those()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model));
        var (_, key) = await CreateAsync(new JsonObject { ["name"] = "narrow", ["models"] = new JsonArray(model) });

        using var allowed = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), key);
        using var denied = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("baseline"), key);

        allowed.StatusCode.Should().Be(HttpStatusCode.OK);
        (await denied.ErrorAsync(HttpStatusCode.Forbidden)).Code().Should().Be("model_not_allowed");
    }

    [Fact]
    public async Task A_key_survives_a_restart_and_its_list_shows_no_secret()
    {
        await using var upstream = ScriptedUpstream.Start();
        using var home = new TempFolder();
        var setup = new GatewaySetup
        {
            Home = home,
            Manifest = new JsonObject { ["only"] = ManifestEntries.Live(upstream.Url, "account", "only") }.ToJsonString(),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-account"}""" },
        };
        string key;
        await using (var gateway = await GatewayProcess.StartAsync(setup))
        {
            key = await gateway.CallerKeyAsync();
            await gateway.Process.KillAsync();
        }

        await using var restarted = await GatewayProcess.StartAsync(setup);
        using var response = await restarted.PostAsync("/v1/chat/completions", Callers.ChatBody("only"), key);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var list = await restarted.AdminJsonAsync(HttpMethod.Get, "/admin/keys");
        list["data"]!.AsArray().Should().ContainSingle(entry => entry!["name"]!.GetValue<string>() == "caller");
        list.ToJsonString().Should().NotContain(key).And.NotContain(key["gw-".Length..]);
    }

    private async Task<(string Id, string Key)> CreateAsync(JsonObject body)
    {
        var created = await shared.Gateway.CreateKeyAsync(body);
        return (created["id"]!.GetValue<string>(), created["key"]!.GetValue<string>());
    }

    private async Task<HttpStatusCode> StatusAsync(string key)
    {
        using var response = await shared.Gateway.GetAsync("/v1/models", key);
        return response.StatusCode;
    }
}
