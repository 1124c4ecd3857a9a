namespace Gateway.Api.Tests.Authentication.Tokens;

public sealed class TokenLifetimeTests
{
    [Theory]
    [InlineData(-29, true)]
    [InlineData(-30, false)]
    [InlineData(-3600, false)]
    public async Task A_token_is_refused_once_it_has_expired_by_more_than_the_clocks_may_differ(int secondsFromNow, bool accepted)
    {
        await using var host = await TokenHost.StartAsync();

        var outcome = await host.AuthenticateAsync(host.Mint().With("exp", host.Gateway.Time.GetUtcNow().AddSeconds(secondsFromNow).ToUnixTimeSeconds()));

        (outcome.Caller is not null).Should().Be(accepted);
        outcome.Error?.Message.Should().Contain("expired");
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    [InlineData(3600, false)]
    public async Task A_token_is_refused_before_it_is_valid(int secondsFromNow, bool accepted)
    {
        await using var host = await TokenHost.StartAsync();

        var outcome = await host.AuthenticateAsync(host.Mint().With("nbf", host.Gateway.Time.GetUtcNow().AddSeconds(secondsFromNow).ToUnixTimeSeconds()));

        (outcome.Caller is not null).Should().Be(accepted);
        outcome.Error?.Message.Should().Contain("not valid yet");
    }

    [Theory]
    [InlineData("\"4102444800\"")]
    [InlineData("4102444800000")]
    public async Task A_token_whose_begin_cannot_be_understood_is_refused(string begin)
    {
        await using var host = await TokenHost.StartAsync();

        var error = (await host.AuthenticateAsync(host.Mint().With("nbf", System.Text.Json.Nodes.JsonNode.Parse(begin)))).Error!;

        error.Status.Should().Be(401);
        error.Message.Should().Contain("nbf");
    }

    [Fact]
    public async Task A_token_without_a_usable_expiry_is_refused()
    {
        await using var host = await TokenHost.StartAsync();

        (await host.AuthenticateAsync(host.Mint().WriteWithoutExpiry())).Error!.Message.Should().Contain("expiry");
        (await host.AuthenticateAsync(host.Mint().With("exp", "never"))).Error!.Status.Should().Be(401);
        (await host.AuthenticateAsync(host.Mint().With("exp", 1e300))).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_verified_token_is_found_synchronously_until_it_expires()
    {
        await using var host = await TokenHost.StartAsync();
        var token = host.Mint().With("exp", host.Gateway.Time.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds()).Write(host.Gateway.Time);
        var first = await host.AuthenticateAsync(token);

        var second = host.Gateway.Begin(token);

        second.IsCompletedSuccessfully.Should().BeTrue();
        (await second).Caller.Should().BeSameAs(first.Caller);
        host.Gateway.Time.Advance(TimeSpan.FromMinutes(2.5));
        (await host.AuthenticateAsync(token)).Error!.Message.Should().Contain("expired");
    }

    [Fact]
    public async Task A_long_lived_token_is_checked_again_so_that_a_withdrawn_key_ends_it()
    {
        await using var host = await TokenHost.StartAsync();
        var token = host.Token();
        (await host.AuthenticateAsync(token)).Caller.Should().NotBeNull();
        host.Provider.Rotate();
        (await host.AuthenticateAsync(host.Token())).Caller.Should().NotBeNull("the new key makes the gateway fetch the new set");

        host.Gateway.Time.Advance(TimeSpan.FromMinutes(5));

        (await host.AuthenticateAsync(token)).Error!.Status.Should().Be(401);
    }
}
