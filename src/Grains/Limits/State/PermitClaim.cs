namespace Gateway.Grains.Limits.State;

/// <summary>Concurrency permits that a session may hold; never fewer than it does.</summary>
[GenerateSerializer, Immutable, Alias("PermitClaim")]
public sealed record PermitClaim
{
    [Id(0)] public required string Session { get; init; }

    [Id(1)] public required int Permits { get; init; }
}
