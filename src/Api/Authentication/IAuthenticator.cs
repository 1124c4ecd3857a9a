using Gateway.Api.Errors;

namespace Gateway.Api.Authentication;

/// <summary>Finds the caller behind <c>Authorization: Bearer</c>, else <c>x-api-key</c>, else <c>api-key</c> (first present wins).</summary>
public interface IAuthenticator
{
    /// <summary>Completes synchronously for a credential that the node has cached.</summary>
    ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellationToken);
}

/// <summary>Exactly one of the two is set.</summary>
public readonly record struct AuthenticationOutcome(Caller? Caller, GatewayError? Error);
