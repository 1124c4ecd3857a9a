namespace Gateway.Conformance.Identity;

public sealed class ProviderOutageTests
{
    [Fact]
    public async Task Without_the_provider_known_tokens_are_served_and_others_get_503_never_401()
    {
        var provider = await OidcProvider.StartAsync();
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["only"] = ManifestEntries.Live(upstream.Url, "account", "baseline") }.ToJsonString(),
            Environment = new(IdentityGateway.SettingsFor(provider)) { ["METIS_API_TOKENS"] = """{"account":"sk-provider-0123456789"}""" },
        });
        string[] known = [await BrowserSignIn.TokenAsync(provider, "alice", OidcProvider.JwtResource), await BrowserSignIn.TokenAsync(provider, "alice", OidcProvider.OpaqueResource)];
        var fresh = await BrowserSignIn.TokenAsync(provider, "bob", OidcProvider.OpaqueResource);
        foreach (var token in known)
        {
            (await StatusAsync(gateway, token)).Should().Be(HttpStatusCode.OK);
        }

        await provider.DisposeAsync();

        foreach (var token in known)
        {
            (await StatusAsync(gateway, token)).Should().Be(HttpStatusCode.OK);
        }

        using var refused = await gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("baseline"), fresh);
        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.Should().NotBeNull();
        (await refused.Content.ReadAsStringAsync()).Should().Contain("identity_unavailable");
        upstream.Requests.Should().BeEmpty();
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayProcess gateway, string token)
    {
        using var answer = await gateway.GetAsync("/v1/models", token);
        return answer.StatusCode;
    }
}
