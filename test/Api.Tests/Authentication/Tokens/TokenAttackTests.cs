using System.Text.Json.Nodes;
using Gateway.Api.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class TokenAttackTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public async Task An_unsigned_token_is_refused(string algorithm)
    {
        await using var host = await TokenHost.StartAsync();

        Refused(await host.AuthenticateAsync(host.Mint().WithHeader("alg", algorithm)), "algorithm");
    }

    [Fact]
    public async Task A_signature_with_the_public_key_as_hmac_secret_is_refused()
    {
        await using var host = await TokenHost.StartAsync();
        var mint = host.Mint();
        var kid = mint.Key.KeyId;

        Refused(await host.AuthenticateAsync(mint.SignedBy(new SymmetricSecurityKey(mint.PublicKeyPem()) { KeyId = kid }, "HS256")), "algorithm");
    }

    [Fact]
    public async Task A_symmetric_key_that_the_provider_publishes_verifies_nothing()
    {
        var shared = new SymmetricSecurityKey(new byte[64]) { KeyId = "shared" };
        await using var host = await TokenHost.StartAsync(provider => provider.Publish(shared));

        Refused(await host.AuthenticateAsync(host.Mint().SignedBy(shared, "HS256")), "algorithm");
        Refused(await host.AuthenticateAsync(host.Mint().SignedBy(shared, "HS256").WithHeader("alg", "RS256").WithHeader("kid", "shared")), "key");
    }

    [Theory]
    [InlineData("iss", "https://evil.example", "issuer")]
    [InlineData("iss", null, "issuer")]
    [InlineData("aud", "another-service", "audience")]
    [InlineData("aud", null, "audience")]
    [InlineData("aud", "gateway2", "audience")]
    [InlineData("sub", null, "'sub'")]
    [InlineData("sub", "al\u0000ice", "'sub'")]
    [InlineData("sub", "", "'sub'")]
    public async Task A_token_with_a_wrong_claim_is_refused_and_the_claim_is_named(string claim, string? value, string text)
    {
        await using var host = await TokenHost.StartAsync();

        Refused(await host.AuthenticateAsync(host.Mint().With(claim, value)), text);
    }

    [Fact]
    public async Task A_user_that_is_not_text_is_refused()
    {
        await using var host = await TokenHost.StartAsync();

        Refused(await host.AuthenticateAsync(host.Mint().With("sub", 42)), "'sub'");
    }

    [Fact]
    public async Task Another_providers_key_under_the_known_key_id_is_refused()
    {
        await using var host = await TokenHost.StartAsync();
        var foreign = OidcDouble.ForeignKey();
        foreign.KeyId = host.Provider.SigningKey.KeyId;

        Refused(await host.AuthenticateAsync(host.Mint().SignedBy(foreign, "RS256")), "signature");
    }

    [Fact]
    public async Task A_foreign_key_without_key_id_is_refused()
    {
        await using var host = await TokenHost.StartAsync();

        Refused(await host.AuthenticateAsync(host.Mint().SignedBy(OidcDouble.ForeignKey(), "RS256").WithHeader("kid", null)), "signature");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_token_with_one_changed_part_is_refused(int part)
    {
        await using var host = await TokenHost.StartAsync();
        var parts = host.Token().Split('.');
        var other = host.Mint().With("sub", "root").WithHeader("typ", "at+jwt").Write(host.Gateway.Time).Split('.');
        parts[part] = other[part];

        Refused(await host.AuthenticateAsync(string.Join('.', parts)), "signature");
    }

    [Fact]
    public async Task An_embedded_key_of_the_attacker_is_not_used()
    {
        await using var host = await TokenHost.StartAsync();
        var own = OidcDouble.ForeignKey();
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(own);
        var mint = host.Mint().SignedBy(own, "RS256")
            .WithHeader("jwk", new JsonObject { ["kty"] = "RSA", ["n"] = jwk.N, ["e"] = jwk.E, ["kid"] = own.KeyId })
            .WithHeader("jku", "http://127.0.0.1:1/keys");

        Refused(await host.AuthenticateAsync(mint), "key");
    }

    [Theory]
    [InlineData("logout+jwt")]
    [InlineData("dpop+jwt")]
    public async Task A_token_of_another_kind_is_refused(string type)
    {
        await using var host = await TokenHost.StartAsync();

        Refused(await host.AuthenticateAsync(host.Mint().WithHeader("typ", type)), "kind");
    }

    [Fact]
    public async Task A_token_with_a_critical_extension_is_refused()
    {
        await using var host = await TokenHost.StartAsync();

        Refused(await host.AuthenticateAsync(host.Mint().WithHeader("crit", new JsonArray("b64")).WithHeader("b64", false)), "kind");
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("e30.e30.e30")]
    [InlineData("e30.W10.")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.AAAA")]
    public async Task Rubbish_in_three_parts_is_refused(string token)
    {
        await using var host = await TokenHost.StartAsync();

        (await host.AuthenticateAsync(token)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task Refusals_show_nothing_of_the_token_or_the_provider()
    {
        await using var host = await TokenHost.StartAsync();
        var token = host.Mint().With("aud", "another-service").Write(host.Gateway.Time);

        var error = (await host.AuthenticateAsync(token)).Error!;

        error.Message.Should().NotContain("another-service").And.NotContain("127.0.0.1").And.NotContain("alice").And.NotContain("IDX");
        host.Gateway.Logs.Lines.Should().NotContain(line => line.Contains(token.Substring(token.LastIndexOf('.') + 1)));
    }

    private static void Refused(AuthenticationOutcome outcome, string text)
    {
        outcome.Caller.Should().BeNull();
        outcome.Error!.Status.Should().Be(401);
        outcome.Error.Message.Should().Contain(text);
        outcome.Error.Challenge.Should().NotBeNull();
    }
}
