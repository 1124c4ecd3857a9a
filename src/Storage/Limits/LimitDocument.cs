using System.Collections.Immutable;

namespace Gateway.Storage.Limits;

/// <summary>A limits body: fields, when they hold, and what replaces some of them for a time.</summary>
public sealed record LimitDocument
{
    public LimitFields Fields { get; init; } = LimitFields.None;

    /// <summary>Null: from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Not included; null: for good.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>A later one wins over the ones before it.</summary>
    public ImmutableArray<LimitOverride> Overrides { get; init; } = [];

    private IEnumerable<DateTimeOffset> Boundaries =>
        new[] { From, To }.Concat(Overrides.SelectMany(item => new DateTimeOffset?[] { item.From, item.To })).OfType<DateTimeOffset>();

    /// <summary>Null: these limits do not hold at that time.</summary>
    public LimitFields? At(DateTimeOffset time) =>
        time < From || time >= To ? null : Overrides.Where(item => item.Holds(time)).Aggregate(Fields, (fields, item) => fields.With(item.Fields));

    /// <summary>The last time until then at which what holds changed by itself; null: never.</summary>
    public DateTimeOffset? LastChange(DateTimeOffset time) => Boundaries.Where(boundary => boundary <= time).Select(boundary => (DateTimeOffset?)boundary).Max();

    /// <summary>The next time at which what holds changes by itself; null: never.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset time) => Boundaries.Where(boundary => boundary > time).Select(boundary => (DateTimeOffset?)boundary).Min();
}

/// <summary>Fields that replace others from <paramref name="From"/> until <paramref name="To"/>, not included.</summary>
public sealed record LimitOverride(DateTimeOffset? From, DateTimeOffset? To, LimitFields Fields)
{
    public bool Holds(DateTimeOffset time) => !(time < From) && !(time >= To);
}
