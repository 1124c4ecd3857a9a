using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Api.Http;

namespace Gateway.Api.Authentication;

/// <summary>Who sends a request: the outcome of authentication, immutable and shared by all requests of one credential.</summary>
public sealed class Caller
{
    /// <summary>Stored form: <c>user:&lt;alias&gt;/&lt;id&gt;</c>; null for a key without owner.</summary>
    public string? User { get; init; }

    /// <summary><c>key:&lt;id&gt;</c> when an API key was used.</summary>
    public string? Key { get; init; }

    /// <summary>What is denied to these keys, or limited for them, is so for the caller: the key that was used, and those that it was made with.</summary>
    public ImmutableArray<string> BindingKeys { get => !field.IsDefault ? field : field = Key is null ? [] : [Key]; init; }

    /// <summary>What limits and logs name first: the user, else the key.</summary>
    public string Subject => User ?? Key ?? "anonymous";

    /// <summary>Qualified: <c>alias/name</c>.</summary>
    public FrozenSet<string> Groups { get; init; } = FrozenSet<string>.Empty;

    /// <summary>
    /// What is denied to these groups is denied to the caller, and what is limited for them is charged to them: <see cref="Groups"/>, and those that
    /// a key of a member's own left out.
    /// </summary>
    public FrozenSet<string> BindingGroups { get => field ?? Groups; init; }

    /// <summary>The same in order, for what is written down.</summary>
    public ImmutableArray<string> GroupList => field.IsDefault ? field = [.. BindingGroups.Order(StringComparer.Ordinal)] : field;

    /// <summary>Qualified project that spend is charged to unless the request names one; null: the user's default.</summary>
    public string? Project { get; init; }

    /// <summary>Identity domains (after the @ of a verified username).</summary>
    public ImmutableArray<string> Domains { get; init; } = [];

    /// <summary>What is denied to these domains is denied to the caller: <see cref="Domains"/>, and for a key of their own those of its maker, by which nothing is allowed.</summary>
    public ImmutableArray<string> BindingDomains { get => field.IsDefault ? Domains : field; init; }

    /// <summary>Null: every model that the entries' rules allow.</summary>
    public FrozenSet<string>? Models { get; init; }

    /// <summary>What the key may be used for; null: everything.</summary>
    public FrozenSet<Operation>? Operations { get; init; }

    /// <summary>Requests may name the end user that they are made for.</summary>
    public bool ActsOnBehalfOfOthers { get; init; }

    /// <summary>When the credential ends; null: not known, or never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The key was used by its text from before the last rotation, which only works on until <see cref="ExpiresAt"/>.</summary>
    public bool IsRetiring { get; init; }

    /// <summary>Of a token; empty for API keys.</summary>
    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>Role on <c>/admin</c>; null: none.</summary>
    public AdminRole? Role { get; init; }

    /// <summary>Passes every group and model rule and has no limits.</summary>
    public bool IsBootstrapAdmin { get; init; }

    /// <summary>For <c>whoami</c>.</summary>
    public required string Id { get; init; }

    public required string Username { get; init; }

    public required string Name { get; init; }

    /// <summary><c>gateway</c> for API keys, the issuer's alias for tokens.</summary>
    public required string AuthService { get; init; }

    /// <summary>The identity provider behind the issuer, where it names one.</summary>
    public string? IdpId { get; init; }

    public string? IdpName { get; init; }
}

/// <summary>Each role includes the ones before it.</summary>
public enum AdminRole
{
    Viewer,
    Operator,
    Admin,
}
