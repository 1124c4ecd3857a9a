namespace Gateway.Abstractions.Tokens;

/// <summary>A token to be introspected. Its printed form does not show it.</summary>
[GenerateSerializer, Immutable, Alias("TokenQuestion")]
public sealed record TokenQuestion
{
    [Id(0)] public required string Token { get; init; }

    public override string ToString() => nameof(TokenQuestion);
}
