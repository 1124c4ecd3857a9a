using Gateway.Api.Authentication.Subjects;
using Gateway.Silo.Settings.Subjects;

namespace Gateway.Api.Admission.Rows;

/// <summary>Names of what limits may be set for.</summary>
internal static class LimitSubjects
{
    public const string EveryUser = "default:user";
    public const string EveryMember = "default:group-member:";

    /// <summary>Of a stored form.</summary>
    public const int MaxLength = 400;

    /// <summary>The stored form of what a person wrote; null: it names nothing that can have limits.</summary>
    public static string? Parse(SubjectNames names, string text)
    {
        if (text == EveryUser)
        {
            return text;
        }

        if (text.StartsWith(SubjectNames.Key, StringComparison.Ordinal))
        {
            return SubjectGrammar.IsKeyId(text.AsSpan(SubjectNames.Key.Length)) ? text : null;
        }

        if (text.StartsWith(EveryMember, StringComparison.Ordinal))
        {
            return names.Qualify(SubjectNames.Group, text[EveryMember.Length..]) is { } group ? EveryMember + group : null;
        }

        foreach (var kind in (ReadOnlySpan<string>)[SubjectNames.User, SubjectNames.Group, SubjectNames.Project])
        {
            if (text.StartsWith(kind, StringComparison.Ordinal))
            {
                return names.Qualify(kind, text) is { } name ? kind + name : null;
            }
        }

        // As elsewhere a plain name is a user's; a word in front of a colon that is no kind is a slip.
        return text.Contains(':', StringComparison.Ordinal) || names.Qualify(SubjectNames.User, text) is not { } user ? null : SubjectNames.User + user;
    }

    /// <summary>What to show for the stored form.</summary>
    public static string Show(SubjectNames names, string subject) =>
        subject.StartsWith(EveryMember, StringComparison.Ordinal)
            ? EveryMember + names.Show(SubjectNames.Group, subject[EveryMember.Length..])[SubjectNames.Group.Length..]
            : names.ShowSubject(subject);
}
