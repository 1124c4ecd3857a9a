using Gateway.Api.Authentication.Tokens;
using Gateway.Silo.Settings;

namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class ProviderOutageTests
{
    [Fact]
    public async Task A_token_of_a_provider_that_was_never_reached_gets_503_and_later_200()
    {
        await using var host = await TokenHost.StartAsync(provider => provider.IsDown = true);

        var error = (await host.AuthenticateAsync(host.Token())).Error!;
        error.Status.Should().Be(503);
        error.Code.Should().Be("identity_unavailable");
        error.Message.Should().NotContain("127.0.0.1");

        host.Provider.IsDown = false;
        host.Gateway.Time.Advance(IssuerMetadata.RetryInterval);
        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task Strangers_do_not_fill_the_log_while_a_provider_is_away()
    {
        await using var host = await TokenHost.StartAsync(provider => provider.IsDown = true);

        for (var number = 0; number < 200; number++)
        {
            (await host.AuthenticateAsync(host.Mint().With("jti", $"{number}"))).Error!.Status.Should().Be(503);
        }

        host.Gateway.Logs.Lines.Count(line => line.Contains("could not be checked", StringComparison.Ordinal)).Should().BeInRange(1, 2);
    }

    [Fact]
    public async Task A_provider_that_hangs_is_given_up_at_the_bound()
    {
        await using var provider = await OidcDouble.StartAsync();
        provider.IsHanging = true;
        var issuer = new JwtIssuerOptions { Authority = provider.Issuer, Audience = TokenMint.Audience, Alias = "corp" };
        await using var gateway = await IdentityHost.StartAsync(options => options.JwtIssuers.Add(issuer), providerTimeout: TimeSpan.FromMilliseconds(50));

        (await gateway.AuthenticateAsync(provider.Mint().Write(gateway.Time))).Error!.Status.Should().Be(503);
    }

    [Fact]
    public async Task Keys_at_hand_outlive_the_provider()
    {
        await using var host = await TokenHost.StartAsync();
        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull();
        host.Provider.IsDown = true;

        (await host.AuthenticateAsync(host.Mint().With("sub", "bob"))).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task An_unknown_key_while_the_provider_is_away_gets_503_never_401()
    {
        await using var host = await TokenHost.StartAsync();
        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull();
        host.Provider.Rotate();
        host.Provider.IsDown = true;

        for (var i = 0; i < 3; i++)
        {
            (await host.AuthenticateAsync(host.Mint().With("jti", $"{i}"))).Error!.Status.Should().Be(503);
        }

        host.Provider.IsDown = false;
        host.Gateway.Time.Advance(IssuerMetadata.RetryInterval);
        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_rotated_key_works_at_its_first_token()
    {
        await using var host = await TokenHost.StartAsync();
        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull();

        host.Provider.Rotate();

        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task So_it_does_where_keys_or_tokens_carry_no_key_id(bool keysAreNamed, bool tokensNameTheirs)
    {
        await using var host = await TokenHost.StartAsync(provider => provider.NamesItsKeys = keysAreNamed);
        TokenMint Mint() => tokensNameTheirs ? host.Mint() : host.Mint().WithHeader("kid", null);
        (await host.AuthenticateAsync(Mint())).Caller.Should().NotBeNull();

        host.Provider.Rotate();

        (await host.AuthenticateAsync(Mint())).Caller.Should().NotBeNull();
        (await host.AuthenticateAsync(Mint().SignedBy(OidcDouble.ForeignKey(), "RS256").WithHeader("kid", null))).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task Signatures_that_name_no_key_and_fail_cause_one_fetch_per_interval()
    {
        await using var host = await TokenHost.StartAsync();
        await host.AuthenticateAsync(host.Token());
        var before = host.Provider.MetadataFetches;

        for (var i = 0; i < 10; i++)
        {
            (await host.AuthenticateAsync(host.Mint().SignedBy(OidcDouble.ForeignKey(), "RS256").WithHeader("kid", null).With("jti", $"{i}"))).Error!.Status.Should().Be(401);
        }

        host.Provider.MetadataFetches.Should().Be(before + 1);
    }

    [Fact]
    public async Task Invented_key_ids_cause_one_fetch_per_interval()
    {
        await using var host = await TokenHost.StartAsync();
        await host.AuthenticateAsync(host.Token());
        var before = host.Provider.MetadataFetches;
        var invented = OidcDouble.ForeignKey();

        for (var i = 0; i < 10; i++)
        {
            (await host.AuthenticateAsync(host.Mint().SignedBy(invented, "RS256").With("jti", $"{i}"))).Error!.Status.Should().Be(401);
        }

        host.Provider.MetadataFetches.Should().Be(before + 1);
        host.Gateway.Time.Advance(IssuerMetadata.RefreshInterval);
        await host.AuthenticateAsync(host.Mint().SignedBy(invented, "RS256"));
        host.Provider.MetadataFetches.Should().Be(before + 2);
    }

    [Fact]
    public async Task A_provider_that_is_down_does_not_touch_api_keys_or_other_providers()
    {
        await using var other = await OidcDouble.StartAsync();
        other.IsDown = true;
        await using var provider = await OidcDouble.StartAsync();
        await using var gateway = await IdentityHost.StartAsync(options =>
        {
            options.JwtIssuers.Add(new JwtIssuerOptions { Authority = other.Issuer, Audience = TokenMint.Audience, Alias = "away" });
            options.JwtIssuers.Add(new JwtIssuerOptions { Authority = provider.Issuer, Audience = TokenMint.Audience, Alias = "here" });
        });
        var key = await gateway.CreateKeyAsync();

        (await gateway.AuthenticateAsync(provider.Mint().Write(gateway.Time))).Caller!.User.Should().Be("user:here/alice");
        (await gateway.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
        (await gateway.AuthenticateAsync(other.Mint().Write(gateway.Time))).Error!.Status.Should().Be(503);
    }

    [Theory]
    [InlineData("https://idp.example/x", true)]
    [InlineData("http://127.0.0.1:8080/x", true)]
    [InlineData("http://localhost/x", true)]
    [InlineData("http://[::1]/x", true)]
    [InlineData("http://idp.example/x", false)]
    [InlineData("http://169.254.169.254/x", false)]
    [InlineData("ftp://127.0.0.1/x", false)]
    [InlineData("file:///etc/passwd", false)]
    public void Documents_are_fetched_by_https_or_from_loopback_only(string address, bool allowed) =>
        IssuerDocuments.IsAllowed(new Uri(address)).Should().Be(allowed);
}
