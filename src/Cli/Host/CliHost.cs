using System.Text;

namespace Gateway.Cli.Host;

/// <summary>All that commands know of the machine they run on; tests bring their own.</summary>
public sealed record CliHost
{
    public required Terminal Terminal { get; init; }

    /// <summary>An environment variable; null: it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The user's own folder.</summary>
    public required string HomeFolder { get; init; }

    /// <summary>Sends requests. It follows no redirect: a credential goes to the address it was given for, and nowhere else.</summary>
    public required HttpMessageHandler Network { get; init; }

    /// <summary>Shows an address in a browser; false: there is none.</summary>
    public required Func<Uri, bool> OpenBrowser { get; init; }

    public static CliHost OfThisProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        return new CliHost
        {
            Terminal = Terminal.OfThisProcess(),
            Variable = Environment.GetEnvironmentVariable,
            Time = TimeProvider.System,
            HomeFolder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            Network = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) },
            OpenBrowser = Browser.Open,
        };
    }

    /// <summary>Empty counts as not set.</summary>
    public string? Setting(string name) => Variable(name) is { Length: > 0 } value ? value : null;
}
