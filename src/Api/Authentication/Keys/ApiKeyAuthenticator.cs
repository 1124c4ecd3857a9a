using System.Net;
using Gateway.Api.Errors;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Decides about a credential that starts with <c>gw-</c>.</summary>
internal sealed class ApiKeyAuthenticator(ApiKeySnapshot snapshot, ApiKeyLookup lookup, FailedAttemptLimiter limiter, KeysFreshness freshness, TimeProvider time)
{
    /// <summary>Null: this node does not have the key.</summary>
    public AuthenticationOutcome? TryCached(KeyHash hash) => !snapshot.TryFind(hash, out var entry) ? null
        : freshness.IsExpired ? new AuthenticationOutcome(null, IdentityErrors.KeysUnavailable())
        : Judge(entry);

    public async Task<AuthenticationOutcome> LookUpAsync(ReadOnlyMemory<char> text, KeyHash hash, IPAddress? address, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsWellFormed(text.Span))
        {
            return Refuse("This API key is incomplete or mistyped: its checksum does not fit. Copy the whole key, from 'gw-' on.");
        }

        if (lookup.IsKnownMissing(hash))
        {
            return Unknown();
        }

        if (!limiter.TryTake(address, out var retryAfter))
        {
            return new AuthenticationOutcome(null, TooManyAttempts(retryAfter));
        }

        try
        {
            var entry = await lookup.FindAsync(hash, cancellationToken);
            if (entry is null)
            {
                return Unknown();
            }

            limiter.GiveBack(address);
            return Judge(entry);
        }
        catch (StorageUnavailableException)
        {
            limiter.GiveBack(address);
            return new AuthenticationOutcome(null, IdentityErrors.KeysUnavailable());
        }
    }

    private AuthenticationOutcome Judge(KeyEntry entry)
    {
        if (entry.IsRevoked)
        {
            return Refuse("This API key has been revoked.");
        }

        return entry.IsExpired(time.GetUtcNow()) ? Refuse("This API key has expired.") : new AuthenticationOutcome(entry.Caller, null);
    }

    private static AuthenticationOutcome Unknown() => Refuse("This API key is not known here.");

    private static AuthenticationOutcome Refuse(string message) => new(null, GatewayErrors.Unauthenticated(message));

    private static GatewayError TooManyAttempts(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, GatewayErrors.RateLimitError, "rate_limit_exceeded", "Too many unknown API keys came from your address. Try again later.")
        {
            RetryAfter = retryAfter,
        };
}
