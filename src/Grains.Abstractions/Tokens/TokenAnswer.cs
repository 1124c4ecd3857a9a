namespace Gateway.Abstractions.Tokens;

/// <summary>The outcome of one introspection.</summary>
[GenerateSerializer, Immutable, Alias("TokenAnswer")]
public sealed record TokenAnswer
{
    [Id(0)] public required TokenVerdict Verdict { get; init; }

    /// <summary>For the caller, unless the token was accepted.</summary>
    [Id(1)] public string? Message { get; init; }

    /// <summary>Set when the token was accepted.</summary>
    [Id(2)] public TokenIdentity? Identity { get; init; }

    /// <summary>How long this may be relied on, counted from before the question was sent; clocks of two machines are never compared.</summary>
    [Id(3)] public TimeSpan ValidFor { get; init; }

    public static TokenAnswer Unavailable { get; } = new() { Verdict = TokenVerdict.Unavailable };

    public static TokenAnswer Refused(string message) => new() { Verdict = TokenVerdict.Refused, Message = message };

    public static TokenAnswer Denied(string message) => new() { Verdict = TokenVerdict.Denied, Message = message };
}
