namespace Gateway.Abstractions.Tokens;

/// <summary>How long the outcome of an introspection holds, in grains and on nodes together.</summary>
public static class TokenPolicy
{
    /// <summary>A token that was revoked is refused everywhere after this long.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(600);

    /// <summary>Short, since a token may become good: an account is unlocked, a group is joined.</summary>
    public static readonly TimeSpan RefusalAge = TimeSpan.FromSeconds(10);
}
