namespace Gateway.Abstractions.Tokens;

/// <summary>What an introspection came to.</summary>
[GenerateSerializer, Alias("TokenVerdict")]
public enum TokenVerdict
{
    /// <summary>It could not be told: neither the token nor its bearer is at fault, and nothing may be remembered.</summary>
    Unavailable,

    /// <summary>The token is no good: 401.</summary>
    Refused,

    /// <summary>The token is good, its bearer may not call: 403.</summary>
    Denied,

    Accepted,
}
