using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Process.Wire;

/// <summary>All that came back on a connection.</summary>
public sealed partial record WireAnswers(string Text)
{
    /// <summary>Of each answer, in order.</summary>
    public IReadOnlyList<int> Statuses { get; } = [.. StatusLine().Matches(Text).Select(match => int.Parse(match.Groups["status"].Value, CultureInfo.InvariantCulture))];

    /// <summary>Headers of the first answer, as sent.</summary>
    public IReadOnlyList<string> Headers => Text.Split("\r\n\r\n")[0].Split("\r\n")[1..];

    [GeneratedRegex(@"(^|(?<=[}\n]))HTTP/1\.1 (?<status>\d{3})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatusLine();
}
