namespace Gateway.Cli.Profiles;

/// <summary>One gateway and who one is there. A credential is only ever sent to the addresses of its own profile.</summary>
public sealed record Profile
{
    /// <summary>Without <c>/v1</c> and without a slash at the end.</summary>
    public required string Gateway { get; init; }

    /// <summary>Where <c>/admin</c> is; null: at <see cref="Gateway"/>.</summary>
    public string? AdminUrl { get; init; }

    /// <summary>What <c>chat</c> asks unless told otherwise.</summary>
    public string? Model { get; init; }

    /// <summary>How one signs in; kept after signing out, so that signing in again needs no options.</summary>
    public SignInSettings? SignIn { get; init; }

    /// <summary>Null: signed out.</summary>
    public Credential? Credential { get; init; }
}

/// <summary>How tokens of a profile are obtained and renewed; null in a profile: by an API key.</summary>
public sealed record SignInSettings
{
    /// <summary>The provider, as its metadata name it; for Globus the address of Globus Auth.</summary>
    public required string Issuer { get; init; }

    /// <summary>Globus Auth, which has rules of its own.</summary>
    public bool Globus { get; init; }

    public required string ClientId { get; init; }

    public required string Scope { get; init; }

    /// <summary>Resource indicator (RFC 8707).</summary>
    public string? Resource { get; init; }

    /// <summary>Some providers' own word for the resource.</summary>
    public string? Audience { get; init; }

    /// <summary>Globus: policies that the session must meet.</summary>
    public string? Policies { get; init; }

    public required string TokenEndpoint { get; init; }

    public string? RevocationEndpoint { get; init; }
}

/// <summary>Either an API key, or tokens.</summary>
public sealed record Credential
{
    public string? ApiKey { get; init; }

    /// <summary>Of the API key, as <c>keys list</c> shows it; null: it is not known.</summary>
    public string? KeyId { get; init; }

    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>Of the access token; null: the provider did not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A record would print its secrets.</summary>
    public override string ToString() => nameof(Credential);
}
