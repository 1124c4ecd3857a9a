using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Abstractions.Tokens;

namespace Gateway.Grains.Tokens.Globus;

/// <summary>
/// Who may call with a good Globus token, in FIRST's order:
/// (1) a listed service account needs neither identity provider nor policy;
/// (2) anyone else needs an identity in the session whose domain is allowed; that identity is the caller;
/// (3) as many policies must have been judged as are configured, and all of them met;
/// (4) the groups of the identity's domain, then the groups of all: one membership each;
/// (5) a name that could be markup is refused, since dashboards show it.
/// </summary>
internal sealed class GlobusRules(GlobusOptions options)
{
    private const string HiddenProviders = "providers with approved projects";

    /// <summary>Steps 1 to 3 and 5, for which no groups are needed.</summary>
    /// <returns>Null: <paramref name="identity"/> is the caller.</returns>
    public TokenAnswer? Identify(TokenClaims claims, out TokenIdentity identity)
    {
        identity = null!;
        if (claims.Text("username") is { } username && options.ServiceUsernames.Contains(username))
        {
            return Service(claims, username, out identity);
        }

        if (!TryFind(claims, out var found))
        {
            return TokenAnswer.Denied(IntrospectionTexts.WrongProvider(ShownDomains, Present(claims)));
        }

        if (!MeetsPolicies(claims))
        {
            return TokenAnswer.Denied(IntrospectionTexts.PolicyFailed(ShownDomains));
        }

        identity = found with { Scopes = claims.Words("scope") };
        return CheckNames(identity);
    }

    /// <summary>Step 4.</summary>
    public TokenAnswer Admit(TokenIdentity identity)
    {
        if (!identity.IsService && identity.Domains is [var domain] && options.GroupsPerIdp.TryGetValue(domain, out var required) && !Overlap(required, identity))
        {
            return TokenAnswer.Denied(IntrospectionTexts.NotInProviderGroup(identity.Name, identity.Username, domain));
        }

        return options.Groups.IsEmpty || Overlap(options.Groups, identity)
            ? new TokenAnswer { Verdict = TokenVerdict.Accepted, Identity = identity }
            : TokenAnswer.Denied(IntrospectionTexts.NotInGroup);
    }

    // Domains that only members of certain groups may come from are not told to everybody.
    private string ShownDomains
    {
        get
        {
            var open = options.IdpDomains.Where(domain => !options.GroupsPerIdp.ContainsKey(domain));
            return string.Join(", ", options.GroupsPerIdp.Count == 0 ? open : open.Append("or " + HiddenProviders));
        }
    }

    private static TokenAnswer? Service(TokenClaims claims, string username, out TokenIdentity identity)
    {
        identity = null!;
        if (claims.Text("client_id") is not { } client)
        {
            return TokenAnswer.Refused(IntrospectionTexts.NoName);
        }

        identity = new TokenIdentity
        {
            Id = client,
            Username = username,
            Name = claims.Text("name") ?? username,
            Alias = GlobusOptions.Alias,
            Scopes = claims.Words("scope"),
            IsService = true,
        };
        return CheckNames(identity);
    }

    private bool TryFind(TokenClaims claims, [NotNullWhen(true)] out TokenIdentity? identity)
    {
        var identities = Identities(claims);
        if (options.IdpDomains.IsEmpty && options.GroupsPerIdp.Count == 0)
        {
            // Any Globus user: the token's own identity.
            var main = identities.FirstOrDefault(candidate => candidate.Id == claims.Text("sub"));
            identity = main ?? Plain(claims);
            return identity is not null;
        }

        var session = SessionIdentities(claims);
        identity = identities.FirstOrDefault(candidate => session.Contains(candidate.Id) && candidate.Domains is [var domain] && IsAllowed(domain));
        return identity is not null;
    }

    // Groups for a domain narrow it; alone they also say which domains there are.
    private bool IsAllowed(string domain) => options.IdpDomains.IsEmpty ? options.GroupsPerIdp.ContainsKey(domain) : options.IdpDomains.Contains(domain);

    private bool MeetsPolicies(TokenClaims claims)
    {
        if (options.Policies.IsEmpty)
        {
            return true;
        }

        return TokenClaims.Find(claims.Root, "policy_evaluations") is { ValueKind: JsonValueKind.Object } evaluations
            && evaluations.GetPropertyCount() == options.Policies.Length
            && options.Policies.All(policy => TokenClaims.Find(evaluations, policy) is { } judged
                && TokenClaims.Find(judged, "evaluation") is { ValueKind: JsonValueKind.True });
    }

    /// <summary>Ids of the identities that signed in during this session.</summary>
    private static ImmutableArray<string> SessionIdentities(TokenClaims claims) =>
        TokenClaims.Find(claims.Root, "session_info") is { } session
        && TokenClaims.Find(session, "authentications") is { ValueKind: JsonValueKind.Object } authentications
            ? [.. authentications.EnumerateObject().Select(authentication => authentication.Name)]
            : [];

    private static ImmutableArray<TokenIdentity> Identities(TokenClaims claims) =>
        TokenClaims.Find(claims.Root, "identity_set_detail") is { ValueKind: JsonValueKind.Array } details
            ? [.. details.EnumerateArray().Select(Read).OfType<TokenIdentity>()]
            : [];

    private static TokenIdentity? Read(JsonElement detail)
    {
        if (TokenClaims.Text(detail, "sub") is not { } id || TokenClaims.Text(detail, "username") is not { } username)
        {
            return null;
        }

        return new TokenIdentity
        {
            Id = id,
            Username = username,
            Name = TokenClaims.Text(detail, "name") ?? username,
            Alias = GlobusOptions.Alias,
            Domains = Tokens.Domains.Of(username) is { } domain ? [domain] : [],
            IdpId = TokenClaims.Text(detail, "identity_provider"),
            IdpName = TokenClaims.Text(detail, "identity_provider_display_name"),
        };
    }

    private static TokenIdentity? Plain(TokenClaims claims) => claims.Text("sub") is { } id && claims.Text("username") is { } username
        ? new TokenIdentity
        {
            Id = id,
            Username = username,
            Name = claims.Text("name") ?? username,
            Alias = GlobusOptions.Alias,
            Domains = Tokens.Domains.Of(username) is { } domain ? [domain] : [],
            IsService = id == claims.Text("client_id"),
        }
        : null;

    private static string Present(TokenClaims claims)
    {
        var session = SessionIdentities(claims);
        var present = Identities(claims).Where(identity => session.Contains(identity.Id)).Select(identity => $"{Shown(identity.Name)} - {Shown(identity.Username)}");
        return string.Join(", ", present) is { Length: > 0 } names ? names : "unknown";
    }

    private static TokenAnswer? CheckNames(TokenIdentity identity) =>
        IsPlain(identity.Name) && IsPlain(identity.Username) ? null : TokenAnswer.Denied(IntrospectionTexts.NoName);

    private static bool IsPlain(string name) => name.AsSpan().IndexOfAny('<', '>') < 0 && !name.Any(char.IsControl);

    private static string Shown(string name) => IsPlain(name) ? name : "?";

    private static bool Overlap(ImmutableArray<string> wanted, TokenIdentity identity) => wanted.Any(group => identity.Groups.Contains(group));
}
