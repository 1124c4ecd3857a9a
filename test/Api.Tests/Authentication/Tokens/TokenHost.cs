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

    public static async Task<TokenHost> StartAsync(bool providerIsDown = false, Action<JwtIssuerOptions>? configure = null)
    {
        var provider = await OidcDouble.StartAsync();
        provider.IsDown = providerIsDown;
        var issuer = new JwtIssuerOptions { Authority = provider.Issuer, Audience = TokenMint.Audience, Alias = "corp" };
        configure?.Invoke(issuer);
        return new TokenHost(provider, await IdentityHost.StartAsync(options => options.JwtIssuers.Add(issuer)));
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
