namespace Gateway.Grains.Limits.State;

/// <summary>The soft share of the window was told of.</summary>
[GenerateSerializer, Immutable, Alias("WindowWarning")]
public sealed record WindowWarning
{
    [Id(0)] public required string WindowId { get; init; }

    /// <summary>Not told of again before this; Unix milliseconds.</summary>
    [Id(1)] public required long Until { get; init; }
}
