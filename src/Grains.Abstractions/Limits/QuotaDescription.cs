using System.Collections.Immutable;

namespace Gateway.Abstractions.Limits;

/// <summary>Limits of a subject or an account as operators and the caller see them.</summary>
[GenerateSerializer, Immutable, Alias("QuotaDescription")]
public sealed record QuotaDescription
{
    [Id(0)] public required ImmutableArray<WindowState> Windows { get; init; }

    /// <summary>Null: no bound.</summary>
    [Id(1)] public int? Concurrency { get; init; }

    [Id(2)] public required int PermitsOut { get; init; }

    /// <summary>Sessions that hold something.</summary>
    [Id(3)] public required ImmutableArray<SessionHolding> Sessions { get; init; }

    [Id(4)] public required long Epoch { get; init; }

    [Id(5)] public required DateTimeOffset ActivatedAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("SessionHolding")]
public sealed record SessionHolding
{
    [Id(0)] public required string Session { get; init; }

    [Id(1)] public required int Permits { get; init; }

    /// <summary>Per window.</summary>
    [Id(2)] public required ImmutableArray<WindowHolding> Reserved { get; init; }
}

[GenerateSerializer, Immutable, Alias("WindowHolding")]
public sealed record WindowHolding
{
    [Id(0)] public required string WindowId { get; init; }

    [Id(1)] public required long Amount { get; init; }
}
