using Gateway.Process.Rigs;
using Gateway.Testing.Identity;

namespace Gateway.Process.Identity;

/// <summary>A gateway that trusts one OpenID provider.</summary>
public sealed class JwtGateway : SharedGateway, IAsyncLifetime
{
    public TokenIssuer Issuer { get; } = TokenIssuer.Start();

    protected override Dictionary<string, string> Environment => new()
    {
        ["Gateway__Jwt__Issuers__0__Authority"] = Issuer.Authority,
        ["Gateway__Jwt__Issuers__0__Audience"] = TokenIssuer.Audience,
        ["Gateway__Jwt__Issuers__0__Alias"] = "lab",
    };

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
