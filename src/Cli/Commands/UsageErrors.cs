using System.CommandLine;
using System.CommandLine.Parsing;
using Gateway.Cli.Text;

namespace Gateway.Cli.Commands;

/// <summary>What is wrong with a command line, in one line that cannot show a secret that was put there by mistake.</summary>
internal static class UsageErrors
{
    private const int LongestWord = 24;

    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = Path(command);
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var shown = IsWord(unknown) ? $"'{unknown}'" : "an argument that is not shown here";
            return $"'{path}' does not know {shown}. See: {path} --help";
        }

        if (parsed.Tokens.Count == 0 || command.Subcommands.Count > 0)
        {
            return $"Say what to do: {path} {string.Join('|', command.Subcommands.Select(sub => sub.Name))}. See: {path} --help";
        }

        var message = Printable.Line(parsed.Errors[0].Message.TrimEnd('.'));
        foreach (var token in parsed.Tokens.Where(token => token.Type == TokenType.Argument && !IsWord(token.Value)))
        {
            message = message.Replace(token.Value, "…", StringComparison.Ordinal);
        }

        return $"{message}. See: {path} --help";
    }

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;

    /// <summary>Keys and tokens are longer, and have digits or capitals.</summary>
    private static bool IsWord(string text) => text.Length <= LongestWord && text.All(character => character is (>= 'a' and <= 'z') or '-');
}
