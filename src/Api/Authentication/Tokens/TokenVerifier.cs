using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Api.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>
/// Decides about a JSON web token that is not cached:
/// (1) read it; refuse algorithms, types and extensions that are not ours to accept;
/// (2) find the issuer by <c>iss</c>, and among its configurations the one whose audience is meant;
/// (3) find the key; an unknown key id makes us ask the provider once for newer keys;
/// (4) check signature, issuer and audience; where no key id tells whose key it was, a signature that fails makes us ask, too;
/// (5) check the times against our clock, then the scope that is required;
/// (6) map the claims to a caller.
/// </summary>
/// <remarks>
/// Uses the handler and parameters of <c>JwtBearerOptions</c> without the ASP.NET Core scheme: three headers carry
/// credentials, a cached token must cost no asynchronous call, and 503 has to be told from 401.
/// </remarks>
internal sealed partial class TokenVerifier(TokenIssuers issuers, TimeProvider time, ILogger<TokenVerifier> logger)
{
    private const string WrongSignature = "The token's signature is not valid.";

    // Whoever is not let in must not fill the disk either.
    private readonly LogBudget _budget = new(linesPerSecond: 1, time);

    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];

    /// <summary>Three parts, each of base64url characters.</summary>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        var dots = 0;
        foreach (var character in text)
        {
            if (character == '.')
            {
                dots++;
            }
            else if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return dots == 2;
    }

    public async Task<VerifiedToken> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            return await VerifyReadableAsync(text, cancellationToken);
        }
        catch (IssuerUnavailableException exception)
        {
            if (_budget.TryTake(out var suppressed))
            {
                LogUnavailable(exception.InnerException?.Message ?? exception.Message, suppressed);
            }

            return VerifiedToken.Refused(GatewayErrors.IdentityUnavailable());
        }
    }

    private async Task<VerifiedToken> VerifyReadableAsync(string text, CancellationToken cancellationToken)
    {
        // (1)
        if (Read(text) is not { } token || TokenPayload.Read(token) is not { } payload)
        {
            return Refuse("The token cannot be read: it is not a JSON web token.");
        }

        if (!TokenIssuer.Algorithms.Contains(token.Alg))
        {
            return Refuse("The token's signature algorithm is not accepted; RS, PS and ES with SHA-256, 384 or 512 are.");
        }

        if (token.TryGetHeaderValue<object>("crit", out _) || (!string.IsNullOrEmpty(token.Typ) && !Types.Contains(token.Typ, StringComparer.OrdinalIgnoreCase)))
        {
            return Refuse("The token is of a kind that is not accepted; send an access token.");
        }

        // (2)
        var candidates = await issuers.FindAsync(token.Issuer, token.Audiences, cancellationToken);
        if (candidates.Count == 0)
        {
            return Refuse("The token's issuer (iss) is not accepted here.");
        }

        var issuer = candidates.FirstOrDefault(candidate => token.Audiences.Contains(candidate.Options.Audience, StringComparer.Ordinal));
        if (issuer is null)
        {
            return Refuse("The token was issued for another audience (aud), not for this gateway.");
        }

        // (3)
        var configuration = await issuer.Metadata.GetAsync(cancellationToken);
        if (!issuer.MayHaveKey(configuration, token.Kid))
        {
            configuration = await issuer.Metadata.RefreshAsync(cancellationToken);
            if (!issuer.MayHaveKey(configuration, token.Kid))
            {
                return Refuse("The token is signed with a key that its issuer does not publish.");
            }
        }

        // (4)
        var failure = await FailureAsync(issuer, configuration, token);
        if (failure == WrongSignature && !issuer.IsNamed(configuration, token.Kid) &&
            await issuer.Metadata.RefreshAsync(cancellationToken) is var newer && !ReferenceEquals(newer, configuration))
        {
            failure = await FailureAsync(issuer, newer, token);
        }

        if (failure is not null)
        {
            return Refuse(failure);
        }

        // (5)
        var now = time.GetUtcNow();
        if (payload.Expires is not { } expires)
        {
            return Refuse("The token has no usable expiry time (exp).");
        }

        if (now >= expires + TokenIssuer.ClockSkew)
        {
            return Refuse("The token has expired.");
        }

        if (!payload.HasUsableNotBefore)
        {
            return Refuse("The token's nbf is no usable time.");
        }

        if (payload.NotBefore is { } notBefore && now < notBefore - TokenIssuer.ClockSkew)
        {
            return Refuse("The token is not valid yet (nbf).");
        }

        if (issuer.Options.RequiredScope is { } scope && !payload.Words(issuer.Options.ScopesClaim).Contains(scope, StringComparer.Ordinal))
        {
            return VerifiedToken.Refused(IdentityErrors.InsufficientScope(scope));
        }

        // (6)
        return TokenCallers.Create(issuer.Options, payload) is { } caller
            ? new VerifiedToken(caller, expires + TokenIssuer.ClockSkew, null)
            : Refuse($"The token names no usable user: its claim '{issuer.Options.UserClaim}' is missing, too long or not plain text.");
    }

    private static JsonWebToken? Read(string text)
    {
        try
        {
            return new JsonWebToken(text);
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<string?> FailureAsync(TokenIssuer issuer, OpenIdConnectConfiguration configuration, JsonWebToken token)
    {
        var result = await issuer.Handler.ValidateTokenAsync(token, issuer.ParametersFor(configuration));
        return result switch
        {
            { IsValid: true } => null,
            { Exception: SecurityTokenInvalidAudienceException } => "The token was issued for another audience (aud), not for this gateway.",
            { Exception: SecurityTokenInvalidIssuerException } => "The token's issuer (iss) is not accepted here.",
            _ => WrongSignature,
        };
    }

    private static VerifiedToken Refuse(string message) => VerifiedToken.Refused(GatewayErrors.Unauthenticated(message));

    [LoggerMessage(EventId = 4010, Level = LogLevel.Warning, Message = "A token could not be checked because an identity provider cannot be reached: {Reason} ({Suppressed} such lines were left out)")]
    private partial void LogUnavailable(string reason, long suppressed);
}

/// <summary>A caller with the end of the token's validity, or the refusal.</summary>
internal sealed record VerifiedToken(Caller? Caller, DateTimeOffset ValidUntil, GatewayError? Error)
{
    public static VerifiedToken Refused(GatewayError error) => new(null, default, error);
}
