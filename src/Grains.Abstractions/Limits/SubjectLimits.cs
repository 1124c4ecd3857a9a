using System.Collections.Immutable;

namespace Gateway.Abstractions.Limits;

/// <summary>What is counted for a subject or an account, and up to where. Sent along with every call: the grain goes by the newest version that it has seen.</summary>
[GenerateSerializer, Immutable, Alias("SubjectLimits")]
public sealed record SubjectLimits
{
    [Id(0)] public required long Version { get; init; }

    [Id(1)] public ImmutableArray<WindowLimit> Windows { get; init; } = [];

    /// <summary>Requests in flight in the whole cluster; null: no bound.</summary>
    [Id(2)] public int? Concurrency { get; init; }

    /// <summary>IANA name; calendar windows begin at its midnight.</summary>
    [Id(3)] public string TimeZone { get; init; } = "UTC";
}

/// <summary>One window over one unit.</summary>
[GenerateSerializer, Immutable, Alias("WindowLimit")]
public sealed record WindowLimit
{
    /// <summary>Stable and unique within the subject: the field's name, such as <c>requests_per_minute</c>, or <c>budget/usd/month</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    [Id(1)] public required LimitUnit Unit { get; init; }

    [Id(2)] public required WindowKind Window { get; init; }

    /// <summary>Of <see cref="WindowKind.RollingHours"/>.</summary>
    [Id(3)] public int RollingHours { get; init; }

    /// <summary>In units of <see cref="Unit"/>; at least 1.</summary>
    [Id(4)] public required long Limit { get; init; }

    /// <summary>Reservations are upper bounds, and what does not fit is refused; else they are guesses, and the last calls may go over.</summary>
    [Id(5)] public bool IsHard { get; init; }

    /// <summary>Share of the limit, 0 to 1, from which on callers are warned; null: never. Finite, since it is read from JSON.</summary>
    [Id(6)] public double? SoftAt { get; init; }

    /// <summary>Added to the limit until <see cref="RaisedUntil"/>.</summary>
    [Id(7)] public long Raise { get; init; }

    [Id(8)] public DateTimeOffset? RaisedUntil { get; init; }

    /// <summary>What a calendar window left unused is added to the next one.</summary>
    [Id(9)] public bool RollsOver { get; init; }

    /// <summary>Listed under budgets and answered with 402 where a limit is answered with 429.</summary>
    [Id(10)] public bool IsBudget { get; init; }
}
