using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Api.Authentication.Subjects;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>Maps verified claims to a caller. Everything it names carries the issuer's alias.</summary>
internal static class TokenCallers
{
    /// <summary>Null: the token names no usable user.</summary>
    public static Caller? Create(JwtIssuerOptions issuer, TokenPayload payload)
    {
        // A program with credentials of its own has no user: it is known by its client id.
        var id = payload.Text(issuer.UserClaim) ?? (payload.Text("sub") is null ? payload.Text("client_id") : null);
        if (id is null || !SubjectGrammar.IsId(id))
        {
            return null;
        }

        var email = payload.Text("email");
        var username = Shown(payload.Text("preferred_username")) ?? Shown(email) ?? id;
        return new Caller
        {
            User = $"{SubjectNames.User}{issuer.Alias}/{id}",
            Groups = payload.Names(issuer.GroupsClaim).Where(group => SubjectGrammar.IsId(group)).Select(group => $"{issuer.Alias}/{group}").ToFrozenSet(StringComparer.Ordinal),
            Domains = payload.IsTrue("email_verified") ? DomainOf(email) : [],
            Role = AdminRoles.Highest(payload.Names(issuer.RolesClaim)),
            Id = id,
            Username = username,
            Name = Shown(payload.Text("name")) ?? username,
            AuthService = issuer.Alias,
            Scopes = [.. payload.Words(issuer.ScopesClaim)],
        };
    }

    private static ImmutableArray<string> DomainOf(string? email)
    {
        var at = email?.LastIndexOf('@') ?? -1;
        return at > 0 && at < email!.Length - 1 ? [email[(at + 1)..].ToLowerInvariant()] : [];
    }

    private static string? Shown(string? text) => text is not null && SubjectGrammar.IsId(text) ? text : null;
}
