using System.Collections.Immutable;

namespace Gateway.Api.Management.Keys;

/// <summary>What a key shall be; checked, with every name in its stored form.</summary>
public sealed record ApiKeyDraft
{
    public required string Name { get; init; }

    /// <summary><c>user:&lt;alias&gt;/&lt;id&gt;</c>.</summary>
    public string? Owner { get; init; }

    /// <summary>Qualified: <c>alias/name</c>.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Qualified: <c>alias/name</c>.</summary>
    public string? Project { get; init; }

    /// <summary><c>viewer</c>, <c>operator</c>, <c>admin</c> or null.</summary>
    public string? Role { get; init; }

    /// <summary>Empty: no restriction.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>Operations such as <c>chat/completions</c>. Empty: no restriction.</summary>
    public ImmutableArray<string> Routes { get; init; } = [];

    /// <summary>Its requests may name the end user that they are made for.</summary>
    public bool OnBehalfOf { get; init; }

    /// <summary>Id of the key that this one is made with.</summary>
    public string? Parent { get; init; }

    /// <summary>Of whoever makes it for themselves: these bind the key, also where it names fewer.</summary>
    public ImmutableArray<string> MakerGroups { get; init; } = [];

    public ImmutableArray<string> MakerDomains { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }
}
