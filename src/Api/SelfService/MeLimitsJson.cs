using System.Collections.Immutable;
using Gateway.Api.Management.Subjects;

namespace Gateway.Api.SelfService;

/// <summary>Part of <c>/v1/me</c>: what is left.</summary>
public sealed record MeLimitsJson
{
    public required ImmutableArray<MeWindowJson> Limits { get; init; }

    public required ImmutableArray<MeWindowJson> Budgets { get; init; }

    public required ImmutableArray<MeConcurrencyJson> Concurrency { get; init; }

    /// <summary>Null: no bound.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>Null: no bound.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>Subjects whose owner did not answer in time.</summary>
    public required ImmutableArray<string> Unavailable { get; init; }
}

/// <param name="Subject">Whose limit it is: the caller's own, a key's, a group's, a project's.</param>
/// <param name="Unit"><c>requests</c>, <c>tokens</c>, <c>input_tokens</c>, <c>output_tokens</c> or <c>usd</c>.</param>
public sealed record MeWindowJson(string Subject, string Id, string Unit, decimal Limit, decimal Used, decimal Reserved, decimal Remaining, DateTime ResetsAt, bool IsBudget)
{
    public static MeWindowJson Of(string subject, WindowJson window) =>
        new(subject, window.Id, window.Unit, window.Limit, window.Used, window.Reserved, window.Remaining, window.ResetsAt, window.IsBudget);
}

public sealed record MeConcurrencyJson(string Subject, int Limit, int InUse);
