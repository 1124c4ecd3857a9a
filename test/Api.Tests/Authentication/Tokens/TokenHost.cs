using Gateway.Api.Authentication;
using Gateway.Silo.Settings;

namespace Gateway.Api.Tests.Authentication.Tokens;

/// <summary>A gateway that trusts one identity provider.</summary>
internal sealed class TokenHost : IAsyncDisposable
{
    private TokenHost(OidcDouble provider, IdentityHost gateway)
    {
        Provider = provider;
        Gateway = gateway;
    }

    public OidcDouble Provider { get; }

    public IdentityHost Gateway { get; }

    /// <summary>Returns when the gateway has asked the provider for the first time.</summary>
    public static async Task<TokenHost> StartAsync(Action<OidcDouble>? prepare = null, Action<JwtIssuerOptions>? configure = null)
    {
        var provider = await OidcDouble.StartAsync();
        prepare?.Invoke(provider);
        var issuer = new JwtIssuerOptions { Authority = provider.Issuer, Audience = TokenMint.Audience, Alias = "corp" };
        configure?.Invoke(issuer);
        var gateway = await IdentityHost.StartAsync(options => options.JwtIssuers.Add(issuer));
        await Eventually.HoldsAsync(() => Task.FromResult(provider.MetadataFetches > 0), TimeSpan.FromSeconds(60));
        return new TokenHost(provider, gateway);
    }

    public TokenMint Mint() => Provider.Mint();

    public string Token() => Mint().Write(Gateway.Time);

    public Task<AuthenticationOutcome> AuthenticateAsync(TokenMint mint) => Gateway.AuthenticateAsync(mint.Write(Gateway.Time));

    public Task<AuthenticationOutcome> AuthenticateAsync(string token) => Gateway.AuthenticateAsync(token);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
