using System.Collections.Frozen;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Http;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>One text of one key as a node holds it. Its caller object is shared by all requests that use the key.</summary>
internal sealed class KeyEntry
{
    private readonly long _expiresAt;
    private readonly long _diesAt;
    private volatile Bound? _bound;

    /// <param name="use">Of the entry that this one replaces; null: there was none.</param>
    public KeyEntry(ApiKeyRecord record, SubjectNames names, KeyUsage? use = null)
    {
        Version = record.Version;
        Hash = record.Hash;
        IsRevoked = record.RevokedAt is not null;
        _expiresAt = record.ExpiresAt?.UtcTicks ?? long.MaxValue;
        _diesAt = Math.Min(_expiresAt, record.RevokedAt?.UtcTicks ?? long.MaxValue);
        Usage = use ?? new KeyUsage(record.Id);
        Caller = CallerOf(record, names);
        Parent = record.Parent;
        Previous = record is { PreviousHash: { } previous, PreviousUntil: { } until } ? new KeyEntry(this, previous, until, record, names) : null;
    }

    private KeyEntry(KeyEntry present, KeyHash hash, DateTimeOffset until, ApiKeyRecord record, SubjectNames names)
    {
        Version = present.Version;
        Hash = hash;
        IsRevoked = present.IsRevoked;
        _expiresAt = Math.Min(present._expiresAt, until.UtcTicks);
        Usage = present.Usage;
        Caller = CallerOf(record, names, until);
        Parent = present.Parent;
    }

    public long Version { get; }

    public KeyHash Hash { get; }

    public bool IsRevoked { get; }

    /// <summary>As the key itself says; with a <see cref="Parent"/> it counts only within that one.</summary>
    public Caller Caller { get; }

    /// <summary>Id of the key that it was made with.</summary>
    public string? Parent { get; }

    public KeyUsage Usage { get; }

    /// <summary>The text before the last rotation, as long as it works.</summary>
    public KeyEntry? Previous { get; }

    public bool IsExpired(DateTimeOffset now) => now.UtcTicks >= _expiresAt;

    /// <summary>It was revoked, or has expired, that long ago, and its last use is written down.</summary>
    public bool IsDeadFor(TimeSpan age, DateTimeOffset now) => now.UtcTicks - age.Ticks >= _diesAt && !Usage.IsNews;

    /// <summary>Put together once per change of the key or of one that it was made with.</summary>
    public Caller Within(Caller parent)
    {
        var bound = _bound;
        if (bound is null || !ReferenceEquals(bound.Parent, parent))
        {
            _bound = bound = new Bound(parent, KeyBounds.Within(Caller, parent));
        }

        return bound.Caller;
    }

    /// <param name="previousUntil">Of the text before the last rotation; null: of the present one.</param>
    private static Caller CallerOf(ApiKeyRecord record, SubjectNames names, DateTimeOffset? previousUntil = null)
    {
        var key = SubjectNames.Key + record.Id;
        var shown = record.Owner is null ? key : names.ShowSubject(record.Owner);
        var groups = record.Groups.ToFrozenSet(StringComparer.Ordinal);
        return new Caller
        {
            User = record.Owner,
            Key = key,
            Groups = groups,
            BindingGroups = record.MakerGroups.IsEmpty ? groups : record.Groups.Union(record.MakerGroups, StringComparer.Ordinal).ToFrozenSet(StringComparer.Ordinal),
            BindingDomains = record.MakerDomains,
            Models = record.Models.IsEmpty ? null : record.Models.ToFrozenSet(StringComparer.Ordinal),
            Operations = record.Routes.IsEmpty ? null : record.Routes.Select(Http.Operations.Find).OfType<Operation>().ToFrozenSet(),
            Project = record.Project,
            ActsOnBehalfOfOthers = record.OnBehalfOf,
            Role = AdminRoles.TryParse(record.Role, out var role) ? role : null,
            ExpiresAt = previousUntil is null || record.ExpiresAt < previousUntil ? record.ExpiresAt : previousUntil,
            IsRetiring = previousUntil is not null,
            Id = shown,
            Username = shown,
            Name = record.Name,
            AuthService = "gateway",
        };
    }

    private sealed record Bound(Caller Parent, Caller Caller);
}
