using System.Text;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Text from outside that is safe in a log line.</summary>
internal static class PrintableText
{
    /// <summary>Not blank, within the bound, no control characters, no broken surrogates.</summary>
    public static bool IsName(string text, int maxLength)
    {
        if (text.Length > maxLength || string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Words for people, made one line within the bound; null: there are none.</summary>
    public static string? OneLine(string text, int maxLength)
    {
        if (IsName(text, maxLength))
        {
            return text;
        }

        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.Trim().EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength >= maxLength)
            {
                line.Append('…');
                break;
            }

            line.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return string.IsNullOrWhiteSpace(line.ToString()) ? null : line.ToString();
    }

    /// <summary>Shortens, and replaces what could forge a log line.</summary>
    public static string Escape(string text, int maxLength = 100)
    {
        var printable = new StringBuilder(Math.Min(text.Length, maxLength) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (printable.Length >= maxLength)
            {
                return printable.Append('…').ToString();
            }

            printable.Append(Rune.IsControl(rune) ? "�" : rune.ToString());
        }

        return printable.ToString();
    }
}
