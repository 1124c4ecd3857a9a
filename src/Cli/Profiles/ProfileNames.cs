using Gateway.Cli.Host;

namespace Gateway.Cli.Profiles;

public static class ProfileNames
{
    public const string First = "default";

    private const int Longest = 64;

    /// <summary>Names end up in commands that agents run: nothing in them may need quotes.</summary>
    public static string Check(string name) =>
        name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsAllowed)
            ? name
            : throw CliException.Usage($"--profile must be 1 to {Longest} letters, digits, dots, dashes or underscores, and begin with a letter or digit");

    /// <summary>A free name after a gateway's host.</summary>
    /// <param name="gateway">Its address.</param>
    /// <param name="isTaken">By another profile.</param>
    public static string Of(string gateway, Predicate<string> isTaken)
    {
        var host = string.Concat(new Uri(gateway).IdnHost.Select(character => IsAllowed(character) ? character : '-'));
        var wanted = host.TrimStart('-', '_', '.').TrimEnd('-') is { Length: > 0 } usable ? usable : "gateway";
        return Enumerable.Range(1, int.MaxValue)
            .Select(number => number == 1 ? "" : $"-{number}")
            .Select(suffix => wanted[..Math.Min(wanted.Length, Longest - suffix.Length)] + suffix)
            .First(name => !isTaken(name));
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';
}
