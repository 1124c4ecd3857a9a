using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gateway.Grains.Tokens.Globus;

/// <summary>Who may call with a Globus token. Empty lists restrict nothing.</summary>
public sealed class GlobusOptions
{
    public const string Alias = "globus";

    /// <summary><c>GLOBUS_AUTH_URL</c>.</summary>
    public required Uri AuthUrl { get; init; }

    /// <summary><c>GLOBUS_GROUPS_URL</c>.</summary>
    public required Uri GroupsUrl { get; init; }

    /// <summary><c>GLOBUS_GROUPS</c>: ids of groups of which a caller needs one.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary><c>GLOBUS_POLICIES</c>: ids of authentication policies, all of which a caller must meet.</summary>
    public ImmutableArray<string> Policies { get; init; } = [];

    /// <summary><c>AUTHORIZED_IDP_DOMAINS</c>, lower case: a caller's session needs an identity of one of them.</summary>
    public ImmutableArray<string> IdpDomains { get; init; } = [];

    /// <summary><c>AUTHORIZED_GROUPS_PER_IDP</c>: domain, lower case, to groups of which its users need one.</summary>
    public FrozenDictionary<string, ImmutableArray<string>> GroupsPerIdp { get; init; } = FrozenDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary><c>AUTHORIZED_GLOBUS_SERVICE_USERNAMES</c>: programs that need no identity provider and no policy.</summary>
    public FrozenSet<string> ServiceUsernames { get; init; } = FrozenSet<string>.Empty;
}
