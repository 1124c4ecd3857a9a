using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Http;

namespace Gateway.Api.SelfService;

/// <summary>Who the gateway takes a caller for, and what the credential may do.</summary>
public sealed record MeJson
{
    public required string Id { get; init; }

    public required string Username { get; init; }

    public required string Name { get; init; }

    /// <summary><c>user:…</c>; null: the credential stands for no user.</summary>
    public string? User { get; init; }

    /// <summary><c>key:…</c> when an API key was used.</summary>
    public string? Key { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public string? Project { get; init; }

    public string? Role { get; init; }

    /// <summary>Null: no restriction by the credential.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Null: no restriction by the credential.</summary>
    public IReadOnlyList<string>? Routes { get; init; }

    public required string AuthService { get; init; }

    /// <summary>When the credential ends, where that is known.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>Of today and of this month (UTC), as far as it has reached the database; null: it cannot be read now.</summary>
    public OwnUsageJson? Usage { get; init; }

    /// <summary>What limits leave; absent fields are not limited.</summary>
    public required MeLimitsJson Quota { get; init; }

    public static MeJson Of(Caller caller, SubjectNames names, MeLimitsJson limits) => new()
    {
        Quota = limits,
        Id = caller.Id,
        Username = caller.Username,
        Name = caller.Name,
        User = caller.User is { } user ? names.ShowSubject(user) : null,
        Key = caller.Key,
        Groups = [.. caller.Groups.Select(group => names.Show(SubjectNames.Group, group)).Order(StringComparer.Ordinal)],
        Project = caller.Project is { } project ? names.Show(SubjectNames.Project, project) : null,
        Role = caller.Role is { } role ? AdminRoles.Name(role) : null,
        Models = caller.Models is { } models ? [.. models.Order(StringComparer.Ordinal)] : null,
        Routes = caller.Operations is { } operations ? [.. operations.Order().Select(operation => operation.Path())] : null,
        AuthService = caller.AuthService,
        ExpiresAt = caller.ExpiresAt?.UtcDateTime,
    };
}
