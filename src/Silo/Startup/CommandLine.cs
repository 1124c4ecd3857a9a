using Gateway.Silo.Checking;

namespace Gateway.Silo.Startup;

/// <summary>What the operator asks the program to do.</summary>
public enum StartCommand
{
    Serve,
    Check,
    Help,
    Version,
    Health,
    Adopt,
}

/// <param name="Urls">Value of <c>--urls</c>; null: not given.</param>
/// <param name="Error">The one line to print instead of doing anything; null: fine.</param>
public sealed record CommandLine(StartCommand Command, string? Urls, string? Error)
{
    private const string UrlsOption = "--urls";
    private const string HealthOption = "--health";
    private const string AdoptVerb = "adopt";

    /// <summary>What <see cref="StartCommand.Health"/> asks.</summary>
    public Uri? HealthAddress { get; init; }

    /// <summary>What <see cref="StartCommand.Adopt"/> takes in.</summary>
    public string? AdoptFolder { get; init; }

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var result = new CommandLine(StartCommand.Serve, null, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            switch (argument)
            {
                case "check":
                    result = result with { Command = StartCommand.Check };
                    break;
                case "-h" or "--help" or "help":
                    result = result with { Command = StartCommand.Help };
                    break;
                case "--version":
                    result = result with { Command = StartCommand.Version };
                    break;
                case AdoptVerb when i + 1 < arguments.Count:
                    result = result with { Command = StartCommand.Adopt, AdoptFolder = arguments[++i] };
                    break;
                case HealthOption when i + 1 < arguments.Count && HealthProbe.Parse(arguments[i + 1]) is { } address:
                    result = result with { Command = StartCommand.Health, HealthAddress = address };
                    i++;
                    break;
                case UrlsOption when i + 1 < arguments.Count:
                    result = result with { Urls = arguments[++i] };
                    break;
                case var _ when argument.StartsWith(UrlsOption + "=", StringComparison.Ordinal):
                    result = result with { Urls = argument[(UrlsOption.Length + 1)..] };
                    break;
                default:
                    return result with { Error = $"{argument}: unknown or incomplete argument; --help lists what there is." };
            }
        }

        return result;
    }
}
