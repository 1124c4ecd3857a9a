using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Storage.Limits;

/// <summary>What a limits body says at one moment; what is absent is not limited.</summary>
public sealed record LimitFields
{
    public static LimitFields None { get; } = new();

    /// <summary>By field name, such as <c>requests_per_minute</c>.</summary>
    public ImmutableSortedDictionary<string, long> Rates { get; init; } = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Requests in flight.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Of one choice of an answer.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>Of one request.</summary>
    public long? MaxBodyBytes { get; init; }

    /// <summary>IANA name; null: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Share of the queue for a provider's capacity, 1 to 100; null: 1.</summary>
    public int? QueueWeight { get; init; }

    /// <summary>0 to 9, lower first; null: 5.</summary>
    public int? QueuePriority { get; init; }

    /// <summary>Null: none are named.</summary>
    public ImmutableArray<BudgetFields>? Budgets { get; init; }

    /// <summary>Names that were given as null: in an override, not limited while it lasts.</summary>
    public ImmutableHashSet<string> Lifted { get; init; } = [];

    /// <summary>There is something for a grain to count.</summary>
    public bool IsCounted => Rates.Count > 0 || Concurrency is not null || Budgets is { IsEmpty: false };

    /// <summary>These fields with those that <paramref name="over"/> names in place of the same ones here.</summary>
    public LimitFields With(LimitFields over) => new()
    {
        Rates = Rates.RemoveRange(over.Lifted).SetItems(over.Rates),
        Concurrency = over.Concurrency ?? Keep("concurrency", Concurrency, over),
        MaxOutputTokens = over.MaxOutputTokens ?? Keep("max_output_tokens", MaxOutputTokens, over),
        MaxBodyBytes = over.MaxBodyBytes ?? Keep("max_body_bytes", MaxBodyBytes, over),
        TimeZone = over.TimeZone ?? (over.Lifted.Contains("time_zone") ? null : TimeZone),
        QueueWeight = over.QueueWeight ?? Keep("queue_weight", QueueWeight, over),
        QueuePriority = over.QueuePriority ?? Keep("queue_priority", QueuePriority, over),
        Budgets = over.Budgets ?? Keep("budgets", Budgets, over),
    };

    /// <param name="version">Rises with every change of these limits.</param>
    public SubjectLimits ToSubjectLimits(long version) => new()
    {
        Version = version,
        Windows = [.. Rates.Select(rate => LimitNames.Window(rate.Key, rate.Value)), .. (Budgets ?? []).Select(budget => budget.ToWindow())],
        Concurrency = Concurrency,
        TimeZone = TimeZone ?? "UTC",
    };

    private static T? Keep<T>(string name, T? value, LimitFields over)
        where T : struct => over.Lifted.Contains(name) ? null : value;
}
