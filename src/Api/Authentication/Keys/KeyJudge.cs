using Gateway.Api.Errors;

namespace Gateway.Api.Authentication.Keys;

/// <summary>Whether a key is good now, and what its caller may do: no more than the key that it was made with, and so on up.</summary>
internal sealed class KeyJudge(ApiKeySnapshot snapshot, TimeProvider time)
{
    /// <summary>Keys that are made with one another in a row; every request looks at all of them.</summary>
    public const int MaxDepth = 16;

    /// <returns>Null: one that it was made with is not here.</returns>
    public AuthenticationOutcome? Judge(KeyEntry entry)
    {
        var now = time.GetUtcNow();
        var outcome = Judge(entry, now, 1);
        if (outcome?.Caller is not null)
        {
            entry.Usage.Note(now);
        }

        return outcome;
    }

    public static AuthenticationOutcome Refuse(string message) => new(null, GatewayErrors.Unauthenticated(message));

    private AuthenticationOutcome? Judge(KeyEntry entry, DateTimeOffset now, int depth)
    {
        if (entry.IsRevoked)
        {
            return Refuse("This API key has been revoked.");
        }

        if (entry.IsExpired(now))
        {
            return Refuse("This API key has expired.");
        }

        if (entry.Parent is not { } id)
        {
            return new AuthenticationOutcome(entry.Caller, null);
        }

        if (depth == MaxDepth || !snapshot.TryFind(id, out var parent) || Judge(parent, now, depth + 1) is not { } above)
        {
            return null;
        }

        return above.Caller is not { } caller ? above
            : caller.User != entry.Caller.User ? Refuse("This API key was made with one that belongs to somebody else now.")
            : new AuthenticationOutcome(entry.Within(caller), null);
    }
}
