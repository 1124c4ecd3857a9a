using Gateway.Api.Authentication;

namespace Gateway.Api.First;

public sealed record WhoamiJson(string Id, string Name, string Username, IReadOnlyList<string> UserGroupUuids, string AuthService)
{
    /// <summary>API keys and tokens name no identity provider of their own.</summary>
    public string? IdpId => null;

    public string? IdpName => null;

    /// <param name="defaultIssuer">Groups of this issuer are answered by their plain names.</param>
    public static WhoamiJson Of(Caller caller, string defaultIssuer)
    {
        var prefix = defaultIssuer + "/";
        var groups = caller.Groups
            .Select(group => group.StartsWith(prefix, StringComparison.Ordinal) ? group[prefix.Length..] : group)
            .Order(StringComparer.Ordinal);
        return new WhoamiJson(caller.Id, caller.Name, caller.Username, [.. groups], caller.AuthService);
    }
}
