using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.State;

/// <summary>What one subject or account has promised away. Nothing is granted that a stored state does not cover.</summary>
[GenerateSerializer, Immutable, Alias("QuotaState")]
public sealed record QuotaState
{
    [Id(0)] public int Schema { get; init; } = 2;

    /// <summary>Of the activation that wrote last.</summary>
    [Id(1)] public long Epoch { get; init; }

    /// <summary>The activation's time when it wrote, Unix milliseconds; the next one goes on from here at least.</summary>
    [Id(2)] public long Time { get; init; }

    /// <summary>The newest that was seen.</summary>
    [Id(3)] public SubjectLimits? Limits { get; init; }

    [Id(4)] public ImmutableArray<EpochClaims> Epochs { get; init; } = [];

    [Id(5)] public ImmutableArray<OpenWindow> Calendars { get; init; } = [];

    [Id(6)] public ImmutableArray<PermitClaim> Permits { get; init; } = [];

    [Id(7)] public ImmutableArray<WindowWarning> Warnings { get; init; } = [];

    /// <summary>Budgets that go on from what is stored here. From schema 2 on; before, all of them do.</summary>
    [Id(8)] public ImmutableArray<string> Begun { get; init; } = [];
}
