using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gateway.Api.Authentication;
using Gateway.Silo.Settings;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class TokenClaimsTests
{
    [Fact]
    public async Task Claims_become_a_caller_under_the_issuers_alias()
    {
        await using var host = await TokenHost.StartAsync();

        var caller = (await host.AuthenticateAsync(host.Mint()
            .With("groups", new JsonArray("physics", "corp admins", "", 7, "bad\u0000"))
            .With("roles", new JsonArray("viewer", "operator", "Admin", "user"))
            .With("email", "Alice@Example.ORG")
            .With("email_verified", true)
            .With("preferred_username", "alice.a")
            .With("name", "Alice A"))).Caller;

        caller.Should().BeEquivalentTo(new
        {
            User = "user:corp/alice",
            Key = (string?)null,
            Groups = new[] { "corp/physics", "corp/corp admins" },
            Domains = new[] { "example.org" },
            Role = AdminRole.Operator,
            IsBootstrapAdmin = false,
            Id = "alice",
            Username = "alice.a",
            Name = "Alice A",
            AuthService = "corp",
        });
    }

    [Theory]
    [InlineData("physics", new[] { "corp/physics" })]
    [InlineData("physics guests", new[] { "corp/physics guests" })]
    [InlineData("physics, chem lab", new[] { "corp/physics", "corp/chem lab" })]
    [InlineData("physics,chem", new[] { "corp/physics", "corp/chem" })]
    [InlineData("", new string[0])]
    public async Task Groups_may_come_as_one_text_in_which_blanks_belong_to_a_name(string groups, string[] expected)
    {
        await using var host = await TokenHost.StartAsync();

        (await host.AuthenticateAsync(host.Mint().With("groups", groups))).Caller!.Groups.Should().BeEquivalentTo(expected);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("groups")]
    [InlineData("realm_access")]
    public async Task A_text_that_is_none_is_as_if_it_were_not_there(string claim)
    {
        await using var host = await TokenHost.StartAsync(configure: issuer => issuer.RolesClaim = "realm_access.roles");
        JsonNode value = claim switch
        {
            "groups" => new JsonArray(TokenMint.Half, "physics"),
            "realm_access" => new JsonObject { ["roles"] = new JsonArray(TokenMint.Half, "viewer") },
            _ => TokenMint.Half,
        };

        var outcome = await host.AuthenticateAsync(host.Mint().With(claim, value));

        (outcome.Caller is not null || outcome.Error!.Status == 401).Should().BeTrue("the token is good, or it cannot be read");
        (outcome.Caller?.Role ?? AdminRole.Viewer).Should().Be(AdminRole.Viewer);
    }

    [Fact]
    public async Task Many_groups_are_all_known()
    {
        await using var host = await TokenHost.StartAsync();
        var groups = new JsonArray([.. Enumerable.Range(0, 1_500).Select(number => (JsonNode)$"g{number}")]);

        (await host.AuthenticateAsync(host.Mint().With("groups", groups))).Caller!.Groups.Should().HaveCount(1_500);
    }

    [Fact]
    public async Task Only_exact_role_names_open_management()
    {
        await using var host = await TokenHost.StartAsync();

        foreach (var role in new[] { "Admin", "administrator", "admin2", "ADMIN", "not admin" })
        {
            (await host.AuthenticateAsync(host.Mint().With("roles", role))).Caller!.Role.Should().BeNull();
            (await host.AuthenticateAsync(host.Mint().With("roles", new JsonArray(role)))).Caller!.Role.Should().BeNull();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task An_unverified_address_gives_no_domain(bool? verified)
    {
        await using var host = await TokenHost.StartAsync();

        (await host.AuthenticateAsync(host.Mint().With("email", "a@example.org").With("email_verified", verified))).Caller!.Domains.Should().BeEmpty();
    }

    [Fact]
    public async Task Claim_names_are_configurable_also_as_paths()
    {
        await using var host = await TokenHost.StartAsync(configure: issuer =>
        {
            issuer.UserClaim = "https://ns.example/uid";
            issuer.RolesClaim = "realm_access.roles";
        });

        var caller = (await host.AuthenticateAsync(host.Mint()
            .With("https://ns.example/uid", "u-1")
            .With("roles", new JsonArray("admin"))
            .With("realm_access", new JsonObject { ["roles"] = new JsonArray("viewer") }))).Caller!;

        caller.User.Should().Be("user:corp/u-1");
        caller.Role.Should().Be(AdminRole.Viewer);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    public async Task Rsa_signatures_are_accepted(string algorithm)
    {
        await using var host = await TokenHost.StartAsync();

        (await host.AuthenticateAsync(host.Mint().WithHeader("alg", algorithm))).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task Elliptic_curve_signatures_and_access_token_types_are_accepted()
    {
        await using var host = await TokenHost.StartAsync();
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "ec" };
        host.Provider.Publish(key);

        (await host.AuthenticateAsync(host.Mint().SignedBy(key, "ES256").WithHeader("typ", "at+jwt"))).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task Of_several_audiences_one_must_be_ours()
    {
        await using var host = await TokenHost.StartAsync();

        (await host.AuthenticateAsync(host.Mint().With("aud", new JsonArray("other", TokenMint.Audience)))).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task One_provider_may_be_configured_once_per_audience()
    {
        await using var provider = await OidcDouble.StartAsync();
        await using var gateway = await IdentityHost.StartAsync(options =>
        {
            options.JwtIssuers.Add(new JwtIssuerOptions { Authority = provider.Issuer, Audience = "first", Alias = "one" });
            options.JwtIssuers.Add(new JwtIssuerOptions { Authority = provider.Issuer + "/", Audience = "second", Alias = "two" });
        });

        (await gateway.AuthenticateAsync(provider.Mint().With("aud", "second").Write(gateway.Time))).Caller!.User.Should().Be("user:two/alice");
    }
}
