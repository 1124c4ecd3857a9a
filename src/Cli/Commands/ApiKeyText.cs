using Gateway.Cli.Host;

namespace Gateway.Cli.Commands;

internal static class ApiKeyText
{
    private const int Longest = 4_096;

    /// <summary>Without blanks around it. What cannot stand in a header is refused, and never shown.</summary>
    public static string Check(string? text, string where)
    {
        var key = text?.Trim() ?? "";
        return key.Length is > 0 and <= Longest && key.All(character => character is > ' ' and < (char)127)
            ? key
            : throw CliException.Usage($"{where} must hold an API key: one line of visible characters");
    }
}
