using System.Collections.Immutable;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>Whose spend is asked for.</summary>
public sealed class SpendSubject
{
    private SpendSubject(params ReadOnlySpan<UsageFilter> filters) => Filters = [.. filters];

    internal ImmutableArray<UsageFilter> Filters { get; }

    /// <summary>A stored subject: <c>user:alias/id</c>, <c>key:id</c>, <c>project:alias/id</c> or <c>group:alias/id</c>; null: none of these.</summary>
    public static SpendSubject? Of(string subject) => subject.Split(':', 2) switch
    {
        ["user", { Length: > 0 }] => new(new UsageFilter(UsageDimension.User, subject)),
        ["key", { Length: > 0 }] => new(new UsageFilter(UsageDimension.Key, subject)),
        ["project", { Length: > 0 } project] => new(new UsageFilter(UsageDimension.Project, project)),
        ["group", { Length: > 0 } group] => new(new UsageFilter(UsageDimension.Group, group)),
        _ => null,
    };

    /// <summary>What one user spent as a member of a group.</summary>
    /// <param name="group"><c>alias/id</c>.</param>
    /// <param name="user"><c>user:alias/id</c>.</param>
    public static SpendSubject Member(string group, string user) => new(new UsageFilter(UsageDimension.Group, group), new UsageFilter(UsageDimension.User, user));
}
