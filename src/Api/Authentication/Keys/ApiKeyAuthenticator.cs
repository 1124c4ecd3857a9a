using System.Net;
using Gateway.Api.Authentication.Attempts;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Decides about a credential that starts with <c>gw-</c>.</summary>
internal sealed class ApiKeyAuthenticator(ApiKeySnapshot snapshot, KeyJudge judge, ApiKeyLookup lookup, FailedAttemptLimiter limiter, KeysFreshness freshness)
{
    /// <summary>Null: this node does not have the key, or not all that it was made with.</summary>
    public AuthenticationOutcome? TryCached(KeyHash hash) => !snapshot.TryFind(hash, out var entry) ? null
        : freshness.IsExpired ? new AuthenticationOutcome(null, IdentityErrors.KeysUnconfirmed())
        : judge.Judge(entry);

    public async Task<AuthenticationOutcome> LookUpAsync(ReadOnlyMemory<char> text, KeyHash hash, IPAddress? address, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsWellFormed(text.Span))
        {
            return KeyJudge.Refuse("This API key is incomplete or mistyped: its checksum does not fit. Copy the whole key, from 'gw-' on.");
        }

        if (lookup.FindRefusal(hash) is { } refusal)
        {
            return new AuthenticationOutcome(null, refusal);
        }

        var start = await limiter.BeginAsync(address, cancellationToken);
        if (start.Permit is not { } permit)
        {
            return new AuthenticationOutcome(null, IdentityErrors.TooManyAttempts(start.RetryAfter));
        }

        // Whoever waited for a permit may have waited for the answer as well.
        if (lookup.FindRefusal(hash) is { } meanwhile)
        {
            limiter.End(permit, failed: false);
            return new AuthenticationOutcome(null, meanwhile);
        }

        return await FindAsync(hash, permit).WaitAsync(cancellationToken);
    }

    // The permit is the look-up's, not the caller's: who hangs up could look up keys without end.
    private async Task<AuthenticationOutcome> FindAsync(KeyHash hash, AttemptBucket permit)
    {
        AuthenticationOutcome outcome = default;
        var isMine = false;
        try
        {
            outcome = await lookup.FindAsync(hash, out isMine);
            return outcome;
        }
        catch (StorageUnavailableException)
        {
            return new AuthenticationOutcome(null, IdentityErrors.KeysUnavailable());
        }
        finally
        {
            // Whoever only waited cost no look-up: a program with a dead key must not lock out all that are behind its address.
            limiter.End(permit, failed: isMine && outcome.Error is not null);
        }
    }
}
