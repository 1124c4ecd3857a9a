namespace Gateway.Conformance.Identity;

public sealed class AccessTokenTests(IdentityGateway shared) : IClassFixture<IdentityGateway>
{
    [Theory, InlineData(OidcProvider.JwtResource), InlineData(OidcProvider.OpaqueResource)]
    public async Task A_person_who_signed_in_is_served_under_the_providers_name(string resource)
    {
        var token = await BrowserSignIn.TokenAsync(shared.Provider, "alice", resource);

        using var chat = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("baseline"), token);
        var (status, me) = await shared.WhoamiAsync(token);

        chat.StatusCode.Should().Be(HttpStatusCode.OK, await chat.Content.ReadAsStringAsync());
        status.Should().Be(HttpStatusCode.OK);
        me["id"]!.GetValue<string>().Should().Be("alice");
        me["auth_service"]!.GetValue<string>().Should().Be("corp");
        me["user_group_uuids"]!.AsArray().Select(group => group!.GetValue<string>()).Should().BeEquivalentTo("physics", "chess");
    }

    [Theory, InlineData(OidcProvider.JwtResource), InlineData(OidcProvider.OpaqueResource)]
    public async Task Roles_of_the_provider_open_the_admin_routes(string resource)
    {
        var alice = await BrowserSignIn.TokenAsync(shared.Provider, "alice", resource);
        var bob = await BrowserSignIn.TokenAsync(shared.Provider, "bob", resource);

        using var viewed = await shared.Gateway.GetAsync("/admin/endpoints", alice);
        using var refused = await shared.Gateway.GetAsync("/admin/endpoints", bob);
        using var beyond = await shared.Gateway.PostAsync("/admin/keys", """{"name":"x"}""", alice);

        viewed.StatusCode.Should().Be(HttpStatusCode.OK);
        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        beyond.StatusCode.Should().Be(HttpStatusCode.Forbidden, "an operator is no admin");
    }

    [Theory, InlineData(OidcProvider.JwtResource), InlineData(OidcProvider.OpaqueResource)]
    public async Task A_program_with_client_credentials_is_known_by_its_client_id(string resource)
    {
        var (status, me) = await shared.WhoamiAsync(await shared.Provider.ProgramTokenAsync(resource));

        status.Should().Be(HttpStatusCode.OK);
        me["id"]!.GetValue<string>().Should().Be("nightly");
    }

    [Theory, InlineData(OidcProvider.JwtResource), InlineData(OidcProvider.OpaqueResource)]
    public async Task A_token_without_the_scope_is_denied(string resource)
    {
        var (status, error) = await shared.WhoamiAsync(await shared.Provider.ProgramTokenAsync(resource, "models"));

        status.Should().Be(HttpStatusCode.Forbidden);
        error["error"]!["message"]!.GetValue<string>().Should().Contain("lacks the scope 'chat'");
    }

    [Fact]
    public async Task Tokens_that_are_not_for_this_gateway_are_refused()
    {
        var jwt = await BrowserSignIn.AsAsync(shared.Provider, "alice", OidcProvider.JwtResource);
        var opaque = await BrowserSignIn.AsAsync(shared.Provider, "alice", OidcProvider.OpaqueResource);
        var elsewhere = await BrowserSignIn.TokenAsync(shared.Provider, "alice", OidcProvider.OtherResource);

        foreach (var (what, token) in new Dictionary<string, string>
        {
            ["a token for another audience"] = elsewhere,
            ["an id token"] = jwt["id_token"]!.GetValue<string>(),
            ["a refresh token"] = opaque["refresh_token"]!.GetValue<string>(),
            ["half a token"] = opaque["access_token"]!.GetValue<string>()[..20],
        })
        {
            (await shared.WhoamiAsync(token)).Status.Should().Be(HttpStatusCode.Unauthorized, what);
        }
    }

    [Fact]
    public async Task A_revoked_token_is_refused()
    {
        var token = await BrowserSignIn.TokenAsync(shared.Provider, "alice", OidcProvider.OpaqueResource);
        await shared.Provider.RevokeAsync(token);

        using var answer = await shared.Gateway.GetAsync("/v1/models", token);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().Should().Contain("invalid_token");
        (await answer.Content.ReadAsStringAsync()).Should().Contain("Token is either not active or invalid");
    }

    [Fact]
    public async Task A_token_is_refused_once_it_has_expired_also_when_it_is_cached()
    {
        var token = await BrowserSignIn.TokenAsync(shared.Provider, "alice", OidcProvider.OpaqueResource, client: "brief");
        (await shared.WhoamiAsync(token)).Status.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.Unauthorized);

        await Eventually.TrueAsync(async () => (await shared.WhoamiAsync(token)).Status == HttpStatusCode.Unauthorized, "the token of two seconds is refused", TimeSpan.FromSeconds(20));
    }
}
