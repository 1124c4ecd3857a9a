using Gateway.Abstractions.Tokens;
using Gateway.Grains.Tokens.Globus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Grains.Tokens;

/// <summary>
/// Decides about one opaque token, by RFC 7662 and, where the server is Globus Auth, by its rules too:
/// (1) introspect it; (2) refuse what is not active, not a bearer token, expired, or meant for others;
/// (3) a plain server: take the identity from the claims, and require the scope;
/// (4) Globus: find the identity and judge session and policies, then fetch the groups and judge them;
/// (5) what was accepted holds for at most 600 s and never past <c>exp</c>.
/// </summary>
internal sealed partial class TokenIntrospection(AuthorizationServer server, GlobusGroups groups, IOptions<IntrospectionOptions> options, TimeProvider time, ILogger<TokenIntrospection> logger)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public async Task<TokenAnswer> AskAsync(string token, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.Url is null)
        {
            // The node that asks has other settings than this silo, which is nothing that its caller could help.
            return TokenAnswer.Unavailable;
        }

        // (1)
        var askedAt = time.GetUtcNow();
        var reply = await server.PostAsync(settings.Url, Form(token, settings.Globus), cancellationToken);
        if (reply.IsTooLarge)
        {
            return TokenAnswer.Denied(IntrospectionTexts.TooLarge);
        }

        if (!reply.IsSuccess)
        {
            if (reply.IsAvailable)
            {
                LogClientRefused(settings.Alias, reply.Status);
            }

            return TokenAnswer.Unavailable;
        }

        // (2)
        var claims = new TokenClaims(reply.Body);
        if (Fault(claims, settings, askedAt) is { } fault)
        {
            return TokenAnswer.Refused(fault);
        }

        // (3), (4)
        var answer = settings.Globus is { } globus ? await AskGlobusAsync(token, claims, globus, cancellationToken) : AnswerPlain(claims, settings);

        // (5)
        var left = (claims.Expires ?? DateTimeOffset.MaxValue) - askedAt;
        return answer.Verdict == TokenVerdict.Accepted ? answer with { ValidFor = left < TokenPolicy.MaxAge ? left : TokenPolicy.MaxAge } : answer;
    }

    private static IEnumerable<KeyValuePair<string, string>> Form(string token, GlobusOptions? globus)
    {
        yield return new("token", token);
        if (globus is null)
        {
            yield return new("token_type_hint", "access_token");
            yield break;
        }

        yield return new("include", "session_info,identity_set_detail");
        if (!globus.Policies.IsEmpty)
        {
            yield return new("authentication_policies", string.Join(',', globus.Policies));
        }
    }

    private static string? Fault(TokenClaims claims, IntrospectionOptions settings, DateTimeOffset now)
    {
        if (!claims.IsActive || claims.Text("token_type") is { } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return IntrospectionTexts.NotActive;
        }

        if (!claims.HasUsableTimes)
        {
            return IntrospectionTexts.NoTime;
        }

        if (claims.Expires <= now)
        {
            return IntrospectionTexts.Expired;
        }

        if (claims.NotBefore > now + ClockSkew)
        {
            return IntrospectionTexts.NotActive;
        }

        return settings.Audience is { } audience && !claims.Texts("aud").Contains(audience) ? IntrospectionTexts.OtherAudience : null;
    }

    private static TokenAnswer AnswerPlain(TokenClaims claims, IntrospectionOptions settings)
    {
        // A program with credentials of its own has no user: it is known by its client id.
        var client = claims.Text("client_id");
        if ((claims.Text(settings.UserClaim) ?? (claims.Text("sub") is null ? client : null)) is not { } id)
        {
            return TokenAnswer.Refused(IntrospectionTexts.NoUser(settings.UserClaim));
        }

        if (claims.HasTooMany(settings.GroupsClaim))
        {
            return TokenAnswer.Denied(IntrospectionTexts.TooManyGroups);
        }

        var scopes = claims.Words(settings.ScopesClaim);
        if (settings.RequiredScope is { } scope && !scopes.Contains(scope))
        {
            return TokenAnswer.Denied(IntrospectionTexts.MissingScope(scope));
        }

        var username = claims.Text("username") ?? claims.Text("preferred_username") ?? claims.Text("email") ?? id;
        return new TokenAnswer
        {
            Verdict = TokenVerdict.Accepted,
            Identity = new TokenIdentity
            {
                Id = id,
                Username = username,
                Name = claims.Text("name") ?? username,
                Alias = settings.Alias,
                Groups = claims.Names(settings.GroupsClaim),
                Domains = Domains.OfVerifiedEmail(claims),
                Roles = claims.Names(settings.RolesClaim),
                Scopes = scopes,
                IsService = id == client,
            },
        };
    }

    private async Task<TokenAnswer> AskGlobusAsync(string token, TokenClaims claims, GlobusOptions globus, CancellationToken cancellationToken)
    {
        var rules = new GlobusRules(globus);
        if (rules.Identify(claims, out var identity) is { } stranger)
        {
            return stranger;
        }

        var (found, problem) = await groups.OfAsync(token, globus, cancellationToken);
        return problem ?? rules.Admit(identity with { Groups = found });
    }

    [LoggerMessage(EventId = 4032, Level = LogLevel.Error, Message = "The authorization server '{Alias}' refuses the introspection itself with {Status}; check the gateway's client id, its secret and the policies.")]
    private partial void LogClientRefused(string alias, int status);
}
