using System.Collections.Immutable;
using Gateway.Abstractions.Usage;

namespace Gateway.Storage.Ledger;

/// <summary>One request that reached at least one upstream. It never holds text of prompts or answers.</summary>
public sealed record UsageRecord
{
    /// <summary>Ours, a UUID of version 7: its time is when the request arrived.</summary>
    public required Guid Id { get; init; }

    /// <summary>The caller's <c>x-request-id</c>.</summary>
    public string? ClientId { get; init; }

    /// <summary><c>user:alias/id</c>; null: a key without owner.</summary>
    public string? User { get; init; }

    /// <summary><c>key:id</c>; null: a token was used.</summary>
    public string? Key { get; init; }

    /// <summary>Of the caller at that time, each <c>alias/name</c>.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary><c>alias/name</c>: who pays.</summary>
    public string? Project { get; init; }

    /// <summary>Whom the caller says it acts for (<c>user</c> or <c>safety_identifier</c> of the request).</summary>
    public string? EndUser { get; init; }

    /// <summary>As asked for.</summary>
    public required string Model { get; init; }

    /// <summary>As the upstream was asked; null: the same.</summary>
    public string? ServedModel { get; init; }

    /// <summary>Manifest key of the entry that answered, or was tried last.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Path below an OpenAI base, such as <c>chat/completions</c>.</summary>
    public required string Operation { get; init; }

    public bool IsStreamed { get; init; }

    /// <summary>In order; the last one made the answer.</summary>
    public ImmutableArray<UsageAttempt> Attempts { get; init; } = [];

    /// <summary>HTTP status that the caller got; 0: none.</summary>
    public int Status { get; init; }

    /// <summary>What the caller is charged for: the answer's. What attempts before it may have used stands with them.</summary>
    public TokenUsage Usage { get; init; } = new();

    /// <summary>10⁻⁹ USD.</summary>
    public long CostNanoUsd { get; init; }

    public string? PriceVersion { get; init; }

    /// <summary>From arrival to the first byte of the answer's body; null: none came.</summary>
    public int? FirstByteMilliseconds { get; init; }

    public int DurationMilliseconds { get; init; }

    /// <summary>The answer ended early: the caller went away, or the upstream's stream was cut.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The gateway's process ended in between: usage and cost are what was reserved.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>The provider did not count, or not all of it.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Front-end that served it.</summary>
    public required string Node { get; init; }

    /// <summary>Life of that front-end's process.</summary>
    public required string Session { get; init; }

    public DateTimeOffset At => RecordId.TimeOf(Id);
}

/// <summary>One call of an upstream.</summary>
public sealed record UsageAttempt
{
    public required string Endpoint { get; init; }

    /// <summary>HTTP status; 0: no answer.</summary>
    public int Status { get; init; }

    /// <summary>Why it failed, in snake case; null: it did not.</summary>
    public string? Failure { get; init; }

    public int DurationMilliseconds { get; init; }

    public TokenUsage? Usage { get; init; }

    public long CostNanoUsd { get; init; }
}
