using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Silo.Settings.Subjects;

/// <summary>What names of users, groups, projects and keys may look like.</summary>
public static class SubjectGrammar
{
    public const int MaxAliasLength = 64;
    public const int MaxIdLength = 256;
    public const int MaxKeyIdLength = 128;

    private static readonly SearchValues<char> NeverInDomains = SearchValues.Create("@*/\\:;,\"'()<>[]{} \t");

    /// <summary>An id, or an alias and an id: <c>alice</c>, <c>corp/alice</c>.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => text.IndexOf('/') is var slash && slash < 0 ? IsId(text) : IsAlias(text[..slash]) && IsId(text[(slash + 1)..]);

    public static bool IsKeyId(ReadOnlySpan<char> text) => text.Length <= MaxKeyIdLength && IsId(text) && !text.Contains('/');

    /// <summary><c>[a-z0-9-]+</c>.</summary>
    public static bool IsAlias(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxAliasLength)
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Anything that people can see and compare: no control or invisible characters, no broken UTF-16, no space at an end.</summary>
    public static bool IsId(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxIdLength || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return false;
        }

        // EnumerateRunes turns a lone surrogate into U+FFFD: refusing that one too keeps two different ids from becoming one in UTF-8.
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || IsInvisible(Rune.GetUnicodeCategory(rune)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What can stand behind the @ of a caller's name: <c>example.org</c>, not <c>@example.org</c>, <c>.example.org</c> or <c>*.example.org</c>.</summary>
    public static bool IsDomain(ReadOnlySpan<char> text) =>
        IsId(text) && text[0] != '.' && text[^1] != '.' && !text.ContainsAny(NeverInDomains) && text.IndexOf("..", StringComparison.Ordinal) < 0;

    private static bool IsInvisible(UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
