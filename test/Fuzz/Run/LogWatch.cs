using System.Text;
using Gateway.Fuzz.World;

namespace Gateway.Fuzz.Run;

/// <summary>The gateway's log: no failure of its own, and no secret.</summary>
internal sealed class LogWatch(FuzzWorld world)
{
    private static readonly string[] Failures = ["\"LogLevel\":\"Error\"", "\"LogLevel\":\"Critical\"", "Unhandled exception", "UnobservedTaskException"];

    /// <summary>The server's own word for a chunk size that overflows; the caller was answered 400.</summary>
    private const string OfTheServer = "automatic draining of the request body failed";

    /// <summary>Null: all is well.</summary>
    public string? Problem()
    {
        if (world.Gateway.Process.HasExited)
        {
            return $"The gateway ended with exit code {world.Gateway.Process.ExitCode}: {Last(world.Gateway.Output)}";
        }

        var output = world.Gateway.Output;
        foreach (var line in output.Split('\n'))
        {
            if (Failures.Any(failure => line.Contains(failure, StringComparison.Ordinal)) && !line.Contains(OfTheServer, StringComparison.Ordinal))
            {
                return $"The log tells of a failure: {line}";
            }
        }

        var secret = world.Secrets.FoundIn(Encoding.UTF8.GetBytes(output.Replace(world.Secrets.UpstreamAddress, "", StringComparison.Ordinal)));
        return secret is not null ? $"The log holds {secret}." : output.Contains(world.Credentials.Key, StringComparison.Ordinal) ? "The log holds a caller's key." : null;
    }

    private static string Last(string output) => output[Math.Max(0, output.Length - 2_000)..];
}
