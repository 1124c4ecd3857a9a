using System.Diagnostics.CodeAnalysis;

namespace Gateway.Abstractions.Limits;

/// <summary>Key of the <see cref="ISubjectGrain"/> that counts one member's share of a group's limits per head: <c>member:&lt;group&gt;:&lt;head&gt;</c>.</summary>
public static class MemberKey
{
    private const string Prefix = "member:";

    /// <summary>The group is escaped, so that no two pairs have one key.</summary>
    /// <param name="group">Qualified.</param>
    /// <param name="head">The user without kind, or the key with it.</param>
    public static string Of(string group, string head) =>
        $"{Prefix}{group.Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal)}:{head}";

    public static bool TryParse(string key, [NotNullWhen(true)] out string? group, [NotNullWhen(true)] out string? head)
    {
        (group, head) = key.Split(':', 3) switch
        {
            ["member", { Length: > 0 } escaped, { Length: > 0 } rest] =>
                (escaped.Replace("%3A", ":", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal), rest),
            _ => ((string?)null, (string?)null),
        };
        return group is not null && head is not null;
    }
}
