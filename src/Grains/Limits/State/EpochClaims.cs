using System.Collections.Immutable;

namespace Gateway.Grains.Limits.State;

/// <summary>What the activation of one epoch may have granted.</summary>
[GenerateSerializer, Immutable, Alias("EpochClaims")]
public sealed record EpochClaims
{
    /// <summary>0: settled for good, of all earlier epochs together.</summary>
    [Id(0)] public required long Epoch { get; init; }

    /// <summary>All to whom something may have been granted.</summary>
    [Id(1)] public ImmutableArray<string> Sessions { get; init; } = [];

    [Id(2)] public ImmutableArray<WindowClaims> Windows { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("WindowClaims")]
public sealed record WindowClaims
{
    [Id(0)] public required string WindowId { get; init; }

    [Id(1)] public ImmutableArray<PeriodClaim> Periods { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("PeriodClaim")]
public sealed record PeriodClaim
{
    /// <summary>Begin of the slot or calendar window, Unix milliseconds.</summary>
    [Id(0)] public required long Period { get; init; }

    [Id(1)] public required long Units { get; init; }

    /// <summary>When the units are free again, Unix milliseconds.</summary>
    [Id(2)] public required long FreeAt { get; init; }
}
