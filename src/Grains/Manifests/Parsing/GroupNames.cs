using System.Buffers;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Groups are stored as <c>issuer-alias/name</c>, so that a plain name never matches another issuer's group.</summary>
internal static class GroupNames
{
    private const string SubjectPrefix = "group:";

    private static readonly SearchValues<char> AliasCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static string Qualify(string group, string defaultIssuer)
    {
        // "physics", "group:physics" and "group:<default alias>/physics" are one subject.
        group = group.StartsWith(SubjectPrefix, StringComparison.Ordinal) ? group[SubjectPrefix.Length..] : group;
        var slash = group.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < group.Length - 1 && IsIssuerAlias(group.AsSpan(0, slash)) ? group : $"{defaultIssuer}/{group}";
    }

    public static bool IsIssuerAlias(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(AliasCharacters);
}
