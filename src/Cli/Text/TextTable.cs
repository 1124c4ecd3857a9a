using System.Text;

namespace Gateway.Cli.Text;

/// <summary>Columns for people; programs use <c>--json</c>.</summary>
public sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings]];

    /// <param name="cells">One for each heading; null and empty are shown as a dash.</param>
    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(cell => string.IsNullOrEmpty(cell) ? "-" : Printable.Line(cell, 120))]);

    public void WriteTo(TextWriter output)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column].PadRight(widths[column] + 2));
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
