using Gateway.Api.Authentication.Introspection;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Authentication.Tokens;
using Gateway.Api.Errors;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication;

/// <summary>
/// One hash of the credential finds it in everything that the node has in memory; only what is not there is looked at closer,
/// by its form.
/// </summary>
internal sealed class Authenticator(
    BootstrapAdmin admin, ApiKeyAuthenticator keys, TokenCache tokens, TokenIssuers issuers, TokenVerifier verifier, TokenIntrospector introspector) : IAuthenticator
{
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (CredentialReader.Read(context.Request.Headers, out var credential) is { } unreadable)
        {
            return new(new AuthenticationOutcome(null, unreadable));
        }

        var hash = KeyHash.Of(credential.Span);
        if (keys.TryCached(hash) is { } known)
        {
            return new(known);
        }

        if (tokens.TryGet(hash, out var caller))
        {
            return new(new AuthenticationOutcome(caller, null));
        }

        if (admin.Matches(hash))
        {
            return new(new AuthenticationOutcome(admin.Caller, null));
        }

        if (credential.Span.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal))
        {
            return new(keys.LookUpAsync(credential, hash, context.Connection.RemoteIpAddress, cancellationToken));
        }

        // Both kinds of server may be configured; a JSON web token is then the issuers' to judge, and goes nowhere else.
        var isJwt = TokenVerifier.IsToken(credential.Span);
        if (isJwt && (!issuers.All.IsEmpty || !introspector.IsEnabled))
        {
            return new(VerifyAsync(credential.ToString(), hash, cancellationToken));
        }

        return introspector.IsEnabled && OpaqueToken.IsPossible(credential.Span)
            ? new(introspector.AuthenticateAsync(credential.ToString(), hash, context.Connection.RemoteIpAddress, cancellationToken))
            : new(new AuthenticationOutcome(null, Unknown()));
    }

    private GatewayError Unknown() => IdentityErrors.InvalidToken(introspector.IsEnabled
        ? "Token is either not active or invalid: it has characters that no token has."
        : "The credential is neither an API key of this gateway ('gw-…') nor a JSON web token. A provider's own key is not accepted here.");

    private async Task<AuthenticationOutcome> VerifyAsync(string token, KeyHash hash, CancellationToken cancellationToken)
    {
        var verified = await verifier.VerifyAsync(token, cancellationToken);
        if (verified.Caller is { } caller)
        {
            tokens.Add(hash, caller, verified.ValidUntil);
        }

        return new AuthenticationOutcome(verified.Caller, verified.Error);
    }
}
