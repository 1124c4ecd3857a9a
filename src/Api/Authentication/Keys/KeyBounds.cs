using System.Collections.Frozen;

namespace Gateway.Api.Authentication.Keys;

/// <summary>
/// A key that was made with a key reaches no further than that one, whatever has become of it since: it has what both have, and is denied and
/// limited by what binds either. Role and acting for others are left as an admin gave them to the key itself.
/// </summary>
internal static class KeyBounds
{
    public static Caller Within(Caller own, Caller parent) => new()
    {
        User = own.User,
        Key = own.Key,
        BindingKeys = [own.Key!, .. parent.BindingKeys],
        Groups = own.Groups.Where(parent.Groups.Contains).ToFrozenSet(StringComparer.Ordinal),
        BindingGroups = own.BindingGroups.Union(parent.BindingGroups, StringComparer.Ordinal).ToFrozenSet(StringComparer.Ordinal),
        Domains = own.Domains,
        BindingDomains = [.. own.BindingDomains.Union(parent.BindingDomains, StringComparer.Ordinal)],
        Models = Both(own.Models, parent.Models),
        Operations = Both(own.Operations, parent.Operations),
        Project = own.Project is { } project && (project == parent.Project || parent.Groups.Contains(project)) ? project : parent.Project,
        ActsOnBehalfOfOthers = own.ActsOnBehalfOfOthers,
        Role = own.Role,
        ExpiresAt = own.ExpiresAt is null || parent.ExpiresAt < own.ExpiresAt ? parent.ExpiresAt : own.ExpiresAt,
        IsRetiring = own.IsRetiring,
        Id = own.Id,
        Username = own.Username,
        Name = own.Name,
        AuthService = own.AuthService,
    };

    // Null is everything; what two have nothing in common of is nothing, which an empty set says.
    private static FrozenSet<T>? Both<T>(FrozenSet<T>? own, FrozenSet<T>? parent) =>
        own is null ? parent : parent is null ? own : own.Where(parent.Contains).ToFrozenSet(own.Comparer);
}
