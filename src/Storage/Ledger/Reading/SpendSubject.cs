using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>Whose spend is asked for.</summary>
public sealed class SpendSubject
{
    internal const string Key = "key:";

    private SpendSubject(params ReadOnlySpan<UsageFilter> filters) => Filters = [.. filters];

    internal ImmutableArray<UsageFilter> Filters { get; }

    /// <summary>Of a key, whose spend is also that of all keys that were made with it, and with these; null: another subject.</summary>
    internal string? KeyId { get; private init; }

    /// <summary>
    /// Key of a grain that counts: <c>user:alias/id</c>, <c>key:id</c>, <c>project:alias/id</c>, <c>group:alias/id</c> or that of a member
    /// (<see cref="MemberKey"/>); null: none of these.
    /// </summary>
    public static SpendSubject? Of(string subject) => subject.Split(':', 2) switch
    {
        ["user", { Length: > 0 }] => new(new UsageFilter(UsageDimension.User, subject)),
        ["key", { Length: > 0 } id] => new(new UsageFilter(UsageDimension.Key, subject)) { KeyId = id },
        ["project", { Length: > 0 } project] => new(new UsageFilter(UsageDimension.Project, project)),
        ["group", { Length: > 0 } group] => new(new UsageFilter(UsageDimension.Group, group)),
        _ when MemberKey.TryParse(subject, out var group, out var head) => Member(group, head),
        _ => null,
    };

    // A user, else a key that has no owner.
    private static SpendSubject Member(string group, string head) => head.StartsWith(Key, StringComparison.Ordinal)
        ? new(new UsageFilter(UsageDimension.Group, group), new UsageFilter(UsageDimension.Key, head), new UsageFilter(UsageDimension.User, ""))
        : new(new UsageFilter(UsageDimension.Group, group), new UsageFilter(UsageDimension.User, "user:" + head));
}
