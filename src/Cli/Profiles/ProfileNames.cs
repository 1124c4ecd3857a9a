using Gateway.Cli.Host;

namespace Gateway.Cli.Profiles;

public static class ProfileNames
{
    public const string First = "default";

    private const int Longest = 64;

    /// <summary>Names end up in commands that agents run: nothing in them may need quotes.</summary>
    public static string Check(string name) =>
        name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
            ? name
            : throw CliException.Usage($"--profile must be 1 to {Longest} letters, digits, dots, dashes or underscores, and begin with a letter or digit");
}
