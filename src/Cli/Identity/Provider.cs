namespace Gateway.Cli.Identity;

/// <summary>What an OpenID provider says of itself.</summary>
public sealed record Provider
{
    public required string Issuer { get; init; }

    public string? AuthorizationEndpoint { get; init; }

    public required string TokenEndpoint { get; init; }

    /// <summary>Null: there is no device authorization.</summary>
    public string? DeviceEndpoint { get; init; }

    public string? RevocationEndpoint { get; init; }

    /// <summary>Answers to the browser carry the issuer (RFC 9207).</summary>
    public bool NamesIssuer { get; init; }
}
