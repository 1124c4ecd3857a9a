using System.Net;
using Gateway.Api.Authentication.Attempts;
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

        var start = await limiter.BeginAsync(address, cancellationToken);
        if (start.Permit is not { } permit)
        {
            return new AuthenticationOutcome(null, IdentityErrors.TooManyAttempts(start.RetryAfter));
        }

        return await FindAsync(hash, permit).WaitAsync(cancellationToken);
    }

    // The permit is the look-up's, not the caller's: who hangs up could look up keys without end.
    private async Task<AuthenticationOutcome> FindAsync(KeyHash hash, AttemptBucket permit)
    {
        var isUnknown = false;
        try
        {
            var entry = await lookup.FindAsync(hash, CancellationToken.None);
            isUnknown = entry is null;
            return entry is null ? Unknown() : Judge(entry);
        }
        catch (StorageUnavailableException)
        {
            return new AuthenticationOutcome(null, IdentityErrors.KeysUnavailable());
        }
        finally
        {
            limiter.End(permit, failed: isUnknown);
        }
    }

    private AuthenticationOutcome Judge(KeyEntry entry)
    {
        if (entry.IsRevoked)
        {
            return Refuse("This API key has been revoked.");
        }

        var now = time.GetUtcNow();
        if (entry.IsExpired(now))
        {
            return Refuse("This API key has expired.");
        }

        entry.Usage.Note(now);
        return new AuthenticationOutcome(entry.Caller, null);
    }

    private static AuthenticationOutcome Unknown() => Refuse("This API key is not known here.");

    private static AuthenticationOutcome Refuse(string message) => new(null, GatewayErrors.Unauthenticated(message));
}
