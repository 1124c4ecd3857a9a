using System.Collections.Immutable;
using Gateway.Abstractions.Usage;

namespace Gateway.Api.Usage.Journal;

/// <summary>What is known of a request before its first byte goes to an upstream.</summary>
public readonly record struct UsageIntent
{
    /// <summary>The request's own id, a UUID of version 7.</summary>
    public required Guid Id { get; init; }

    public string? ClientId { get; init; }

    /// <summary><c>user:alias/id</c>.</summary>
    public string? User { get; init; }

    /// <summary><c>key:id</c>.</summary>
    public string? Key { get; init; }

    /// <summary>Each <c>alias/name</c>.</summary>
    public ImmutableArray<string> Groups { get; init; }

    /// <summary><c>alias/name</c>.</summary>
    public string? Project { get; init; }

    /// <summary>The caller's word; cut at <see cref="UsageJournal.MaxTextLength"/> characters, as every text that is not the name of a subject.</summary>
    public string? EndUser { get; init; }

    public required string Model { get; init; }

    /// <summary>Manifest key of the entry that is tried next.</summary>
    public string? Endpoint { get; init; }

    public required string Operation { get; init; }

    public bool IsStreamed { get; init; }

    /// <summary>What is recorded if the process ends before the outcome; null: nothing.</summary>
    public TokenUsage? Reserved { get; init; }

    public long ReservedNanoUsd { get; init; }

    public string? PriceVersion { get; init; }

    /// <summary>0: it is about the first attempt. Where there are several copies, the one with the most counts.</summary>
    public int EarlierAttempts { get; init; }

    /// <summary>What was reserved, at whom; of earlier attempts what they used.</summary>
    public ImmutableArray<Charge> Charges { get; init; }
}
