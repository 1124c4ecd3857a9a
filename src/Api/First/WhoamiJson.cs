using Gateway.Api.Authentication;

namespace Gateway.Api.First;

public sealed record WhoamiJson(string Id, string Name, string Username, IReadOnlyList<string> UserGroupUuids, string AuthService)
{
    /// <summary>Null: the credential names no identity provider of its own.</summary>
    public string? IdpId { get; init; }

    public string? IdpName { get; init; }

    /// <param name="defaultIssuer">Groups of this issuer are answered by their plain names.</param>
    public static WhoamiJson Of(Caller caller, string defaultIssuer)
    {
        var prefix = defaultIssuer + "/";
        var groups = caller.Groups
            .Select(group => group.StartsWith(prefix, StringComparison.Ordinal) ? group[prefix.Length..] : group)
            .Order(StringComparer.Ordinal);
        return new WhoamiJson(caller.Id, caller.Name, caller.Username, [.. groups], caller.AuthService) { IdpId = caller.IdpId, IdpName = caller.IdpName };
    }
}
