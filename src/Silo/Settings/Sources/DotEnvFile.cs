using System.Diagnostics.CodeAnalysis;

namespace Gateway.Silo.Settings.Sources;

/// <summary>
/// The <c>.env</c> grammar: <c>NAME=value</c> lines, <c>export</c>, comments, quoted values over several lines, CRLF, BOM.
/// Of a name that occurs twice the last value counts. Nothing is expanded: a <c>$</c> is a <c>$</c>.
/// </summary>
public sealed class DotEnvFile
{
    private DotEnvFile(IReadOnlyDictionary<string, string> values) => Values = values;

    public IReadOnlyDictionary<string, string> Values { get; }

    /// <param name="error">What is wrong and in which line; never quotes the file, which holds secrets.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out DotEnvFile? file, [NotNullWhen(false)] out string? error)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var scanner = new DotEnvScanner(text);
        while (scanner.SkipToNextEntry())
        {
            if (!scanner.TryReadName(out var name) || !scanner.TryReadValue(out var value))
            {
                (file, error) = (null, scanner.Error);
                return false;
            }

            values[name] = value;
        }

        (file, error) = (new DotEnvFile(values), null);
        return true;
    }
}
