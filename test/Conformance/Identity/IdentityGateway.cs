namespace Gateway.Conformance.Identity;

/// <summary>A gateway that takes both kinds of access tokens of one provider.</summary>
public sealed class IdentityGateway : SharedGateway, IAsyncLifetime
{
    private OidcProvider? _provider;

    public OidcProvider Provider => _provider!;

    protected override Dictionary<string, string> Environment => SettingsFor(Provider);

    public static Dictionary<string, string> SettingsFor(OidcProvider provider) => new()
    {
        ["Gateway__Jwt__Issuers__0__Authority"] = provider.Origin,
        ["Gateway__Jwt__Issuers__0__Audience"] = OidcProvider.JwtResource,
        ["Gateway__Jwt__Issuers__0__Alias"] = "corp",
        ["Gateway__Jwt__Issuers__0__RequiredScope"] = "chat",
        ["Gateway__Introspection__Url"] = provider.Origin + "/token/introspection",
        ["Gateway__Introspection__ClientId"] = "gateway",
        ["Gateway__Introspection__ClientSecret"] = OidcProvider.GatewaySecret,
        ["Gateway__Introspection__Alias"] = "corp",
        ["Gateway__Introspection__Audience"] = OidcProvider.OpaqueResource,
        ["Gateway__Introspection__RequiredScope"] = "chat",
    };

    /// <summary>Status of <c>whoami</c> with this token, and its answer.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> WhoamiAsync(string token)
    {
        using var answer = await Gateway.GetAsync("/resource_server/whoami", token);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        _provider = await OidcProvider.StartAsync();
        await InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }
    }
}
