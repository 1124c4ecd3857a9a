using Gateway.Storage.Keys;

namespace Gateway.Api.SelfService;

/// <summary>The cursor of <c>/v1/me/keys</c>: <c>usable.</c> or <c>dead.</c>, as the last key was listed, and its id.</summary>
internal static class OwnKeyCursor
{
    private const string Usable = "usable.";
    private const string Dead = "dead.";

    public static string Write(ApiKeyRecord last, DateTimeOffset now) => (last.RevokedAt is not null || last.ExpiresAt <= now ? Dead : Usable) + last.Id;

    /// <summary>False: no list answered with it.</summary>
    /// <param name="position">Null: there is no cursor.</param>
    public static bool TryRead(string? cursor, out OwnedKeyPosition? position)
    {
        position = cursor?.StartsWith(Usable, StringComparison.Ordinal) is true ? new OwnedKeyPosition(false, cursor[Usable.Length..])
            : cursor?.StartsWith(Dead, StringComparison.Ordinal) is true ? new OwnedKeyPosition(true, cursor[Dead.Length..])
            : null;
        return cursor is null || position is { Id.Length: > 0 };
    }
}
