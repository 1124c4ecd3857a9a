namespace Gateway.Silo.Settings;

/// <summary>Credentials and issuers that come from settings.</summary>
public sealed class IdentityOptions
{
    /// <summary><c>GATEWAY_ADMIN_KEY</c>, at least 32 characters; embedded mode makes one in <c>DATA_DIR/admin-key</c>.</summary>
    public string AdminKey { get; set; } = "";

    /// <summary>Alias that plain user and group names belong to.</summary>
    public string DefaultIssuer { get; set; } = "local";

    public List<JwtIssuerOptions> JwtIssuers { get; } = [];
}

/// <summary><c>Gateway:Jwt:Issuers:&lt;n&gt;</c>.</summary>
public sealed class JwtIssuerOptions
{
    /// <summary>Base address of the OpenID provider; metadata by discovery.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Required value of <c>aud</c>.</summary>
    public string Audience { get; set; } = "";

    /// <summary><c>[a-z0-9-]+</c>; names the issuer in subjects.</summary>
    public string Alias { get; set; } = "";

    public string UserClaim { get; set; } = "sub";

    public string GroupsClaim { get; set; } = "groups";

    public string RolesClaim { get; set; } = "roles";

    public string ScopesClaim { get; set; } = "scope";

    /// <summary>Scope that a token needs; null: none.</summary>
    public string? RequiredScope { get; set; }
}
