namespace Gateway.Abstractions.Usage;

/// <summary>Tokens of one answer by kind, as the provider counted them or as they were estimated.</summary>
[GenerateSerializer, Immutable, Alias("TokenUsage")]
public sealed record TokenUsage
{
    /// <summary>All input, cached and written to a cache included.</summary>
    [Id(0)] public long Input { get; init; }

    [Id(1)] public long CachedInput { get; init; }

    [Id(2)] public long CacheWrite { get; init; }

    /// <summary>All output, reasoning included.</summary>
    [Id(3)] public long Output { get; init; }

    [Id(4)] public long Reasoning { get; init; }

    [Id(5)] public long AudioInput { get; init; }

    [Id(6)] public long AudioOutput { get; init; }

    /// <summary>The provider did not say: counted from bytes.</summary>
    [Id(7)] public bool IsEstimated { get; init; }
}
