using Gateway.Grains.Tokens.Globus;

namespace Gateway.Grains.Tokens;

/// <summary>The server that is asked about opaque tokens: Globus Auth, or any other with RFC 7662 introspection. Its printed form shows no secret.</summary>
public sealed class IntrospectionOptions
{
    /// <summary>Introspection endpoint; null: opaque tokens are refused.</summary>
    public Uri? Url { get; set; }

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary><c>[a-z0-9-]+</c>; names the server in subjects.</summary>
    public string Alias { get; set; } = "";

    public string UserClaim { get; set; } = "sub";

    public string GroupsClaim { get; set; } = "groups";

    public string RolesClaim { get; set; } = "roles";

    public string ScopesClaim { get; set; } = "scope";

    /// <summary>Required value of <c>aud</c>; null: the server decides alone.</summary>
    public string? Audience { get; set; }

    /// <summary>Scope that a token needs; null: none.</summary>
    public string? RequiredScope { get; set; }

    /// <summary>Set: the server is Globus Auth, and these rules hold as well.</summary>
    public GlobusOptions? Globus { get; set; }

    public override string ToString() => $"{Alias} {Url}";
}
