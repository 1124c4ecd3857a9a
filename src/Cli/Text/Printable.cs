using System.Text;

namespace Gateway.Cli.Text;

/// <summary>Text of others, made safe for a terminal: control characters could move the cursor, change colours or type for the user.</summary>
public static class Printable
{
    /// <summary>Everything that is no control character, and line ends and tabs.</summary>
    public static string Block(string text) => text.Any(IsUnsafe) ? string.Concat(text.Where(character => !IsUnsafe(character))) : text;

    /// <summary>One line of at most <paramref name="longest"/> characters, with single blanks.</summary>
    public static string Line(string text, int longest = 500)
    {
        var line = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character) ? line is { Length: > 0 } && line[^1] != ' ' : !char.IsControl(character))
            {
                line.Append(char.IsWhiteSpace(character) ? ' ' : character);
            }

            if (line.Length > longest)
            {
                return line.Append('…').ToString();
            }
        }

        return line.ToString().Trim();
    }

    private static bool IsUnsafe(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}
