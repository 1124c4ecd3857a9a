using System.Collections.Frozen;
using Gateway.Api.Authentication.Subjects;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>One key as a node holds it. Its caller object is shared by all requests that use the key.</summary>
internal sealed class KeyEntry
{
    private readonly long _expiresAt;

    public KeyEntry(ApiKeyRecord record, SubjectNames names)
    {
        Version = record.Version;
        Hash = record.Hash;
        IsRevoked = record.RevokedAt is not null;
        _expiresAt = record.ExpiresAt?.UtcTicks ?? long.MaxValue;
        var key = SubjectNames.Key + record.Id;
        var shown = record.Owner is null ? key : names.ShowSubject(record.Owner);
        Caller = new Caller
        {
            User = record.Owner,
            Key = key,
            Groups = record.Groups.ToFrozenSet(StringComparer.Ordinal),
            Models = record.Models.IsEmpty ? null : record.Models.ToFrozenSet(StringComparer.Ordinal),
            Project = record.Project,
            Role = ParseRole(record.Role),
            Id = shown,
            Username = shown,
            Name = record.Name,
            AuthService = "gateway",
        };
    }

    public long Version { get; }

    public KeyHash Hash { get; }

    public bool IsRevoked { get; }

    public Caller Caller { get; }

    public bool IsExpired(DateTimeOffset now) => now.UtcTicks >= _expiresAt;

    private static AdminRole? ParseRole(string? role) => AdminRoles.TryParse(role, out var parsed) ? parsed : null;
}
