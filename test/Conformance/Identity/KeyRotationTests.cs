namespace Gateway.Conformance.Identity;

/// <summary>A provider of their own, since its keys change and it goes away.</summary>
public sealed class KeyRotationTests(IdentityGateway shared) : IClassFixture<IdentityGateway>
{
    [Fact]
    public async Task A_new_signing_key_works_at_its_first_token_and_the_old_one_no_more()
    {
        var unused = await BrowserSignIn.TokenAsync(shared.Provider, "bob", OidcProvider.JwtResource);
        (await shared.WhoamiAsync(await BrowserSignIn.TokenAsync(shared.Provider, "alice", OidcProvider.JwtResource))).Status.Should().Be(HttpStatusCode.OK);

        await shared.Provider.RotateAsync();

        (await shared.WhoamiAsync(await BrowserSignIn.TokenAsync(shared.Provider, "alice", OidcProvider.JwtResource))).Status.Should().Be(HttpStatusCode.OK);
        (await shared.WhoamiAsync(unused)).Status.Should().Be(HttpStatusCode.Unauthorized, "it was signed with a key that is published no more");
    }
}
