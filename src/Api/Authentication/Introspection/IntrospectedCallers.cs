using System.Collections.Frozen;
using Gateway.Abstractions.Tokens;
using Gateway.Api.Authentication.Subjects;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Api.Authentication.Introspection;

/// <summary>Maps an identity of the authorization server to a caller. Everything it names carries the server's alias.</summary>
internal static class IntrospectedCallers
{
    /// <summary>Null: its id breaks the grammar of subjects.</summary>
    public static Caller? Create(TokenIdentity identity) => !SubjectGrammar.IsId(identity.Id) ? null : new Caller
    {
        User = $"{SubjectNames.User}{identity.Alias}/{identity.Id}",
        Groups = identity.Groups.Where(group => SubjectGrammar.IsId(group)).Select(group => $"{identity.Alias}/{group}").ToFrozenSet(StringComparer.Ordinal),
        Domains = identity.Domains,
        Role = AdminRoles.Highest(identity.Roles),
        Id = identity.Id,
        Username = SubjectGrammar.IsId(identity.Username) ? identity.Username : identity.Id,
        Name = SubjectGrammar.IsId(identity.Name) ? identity.Name : identity.Id,
        AuthService = identity.Alias,
        IdpId = identity.IdpId,
        IdpName = identity.IdpName,
        Scopes = [.. identity.Scopes],
    };
}
