using System.Collections.Immutable;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;

namespace Gateway.Api.Usage.Journal;

/// <summary>What became of a request, before the last byte of its answer is sent.</summary>
public readonly record struct UsageOutcome
{
    /// <summary>As the upstream was asked; null: as the caller asked.</summary>
    public string? ServedModel { get; init; }

    /// <summary>Manifest key of the entry that answered; without an answer of the one that is paid, else of the one tried last; null: the one of the intent.</summary>
    public string? Endpoint { get; init; }

    public ImmutableArray<UsageAttempt> Attempts { get; init; }

    /// <summary>HTTP status that the caller gets; 0: none.</summary>
    public int Status { get; init; }

    /// <summary>Null: nothing was used.</summary>
    public TokenUsage? Usage { get; init; }

    public long CostNanoUsd { get; init; }

    /// <summary>Null: that of the intent.</summary>
    public string? PriceVersion { get; init; }

    public int? FirstByteMilliseconds { get; init; }

    public int DurationMilliseconds { get; init; }

    public bool IsPartial { get; init; }

    public bool IsEstimated { get; init; }

    /// <summary>What was used, at whom; what was reserved and is not named here was not used.</summary>
    public ImmutableArray<Charge> Charges { get; init; }
}
