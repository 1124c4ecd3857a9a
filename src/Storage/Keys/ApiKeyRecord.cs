using System.Collections.Immutable;

namespace Gateway.Storage.Keys;

/// <summary>An API key as it is stored: who it stands for and what it may do, never its text.</summary>
public sealed record ApiKeyRecord
{
    public required string Id { get; init; }

    public required KeyHash Hash { get; init; }

    /// <summary>First characters of the text.</summary>
    public required string Hint { get; init; }

    public required string Name { get; init; }

    /// <summary><c>user:&lt;alias&gt;/&lt;id&gt;</c>; null: the key stands only for itself.</summary>
    public string? Owner { get; init; }

    /// <summary>Qualified: <c>alias/name</c>.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Qualified: <c>alias/name</c>.</summary>
    public string? Project { get; init; }

    /// <summary><c>viewer</c>, <c>operator</c> or <c>admin</c>; null: no access to management.</summary>
    public string? Role { get; init; }

    /// <summary>Empty: no restriction.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>Operations such as <c>chat/completions</c>. Empty: no restriction.</summary>
    public ImmutableArray<string> Routes { get; init; } = [];

    /// <summary>Its requests may name the end user that they are made for.</summary>
    public bool OnBehalfOf { get; init; }

    /// <summary>Hash of the text before the last rotation, which works until <see cref="PreviousUntil"/>.</summary>
    public KeyHash? PreviousHash { get; init; }

    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>Id of the key that this one was made with; it is revoked together with that one.</summary>
    public string? Parent { get; init; }

    /// <summary>All groups of whoever made it for themselves, of which it may have fewer; empty for keys of admins.</summary>
    public ImmutableArray<string> MakerGroups { get; init; } = [];

    /// <summary>Identity domains of whoever made it for themselves.</summary>
    public ImmutableArray<string> MakerDomains { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Subject of the creator.</summary>
    public required string CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Rises over all keys with every change; the store sets it.</summary>
    public long Version { get; init; }
}

/// <summary>A record as it was found.</summary>
/// <param name="Record">What the row says.</param>
/// <param name="IsAuthentic">False: its seal does not match, so the row was not written by this cluster and must grant nothing.</param>
public sealed record StoredApiKey(ApiKeyRecord Record, bool IsAuthentic)
{
    /// <summary>To the minute or so; null: never, as far as it was written down.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
