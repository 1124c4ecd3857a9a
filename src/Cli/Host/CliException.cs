using System.Net;

namespace Gateway.Cli.Host;

/// <summary>Ends the command with this exit code and one line that says what to do.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">Never holds a secret.</param>
public sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What the gateway answered with; null: it was not the gateway that refused.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The word for it in the gateway's answer, if it has one.</summary>
    public string? Code { get; init; }

    public static CliException Usage(string message) => new(ExitCodes.Usage, message);

    public static CliException NotSignedIn(string message) => new(ExitCodes.NotSignedIn, message);
}
